CREATE TABLE IF NOT EXISTS message_references (
    owner_id INTEGER NOT NULL,
    source_bot INTEGER NOT NULL,
    source_chat INTEGER NOT NULL,
    source_message INTEGER NOT NULL,
    part INTEGER NOT NULL,
    direction TEXT NOT NULL,
    copy_bot INTEGER NOT NULL,
    copy_chat INTEGER NOT NULL,
    copy_message INTEGER NULL,
    state TEXT NOT NULL,
    reason TEXT NULL,
    attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id, source_bot, source_chat, source_message, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_references_by_copy ON message_references (copy_bot, copy_chat, copy_message);
