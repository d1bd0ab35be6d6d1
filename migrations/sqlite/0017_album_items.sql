CREATE TABLE IF NOT EXISTS album_items (
    owner_id INTEGER NOT NULL,
    source_bot INTEGER NOT NULL,
    source_chat INTEGER NOT NULL,
    source_message INTEGER NOT NULL,
    first_message INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id, source_bot, source_chat, source_message)
) STRICT, WITHOUT ROWID;
