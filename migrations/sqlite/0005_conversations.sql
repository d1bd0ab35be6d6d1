CREATE TABLE IF NOT EXISTS conversations (
    owner_id INTEGER NOT NULL,
    bot_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    inbox_chat INTEGER NOT NULL,
    inbox_thread INTEGER NULL,
    label TEXT NULL,
    language TEXT NULL,
    first_seen_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id, bot_id, customer_id)
) STRICT, WITHOUT ROWID;
