CREATE TABLE IF NOT EXISTS parked (
    bot_id INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    update_id INTEGER NOT NULL,
    content BLOB NOT NULL,
    parked_at INTEGER NOT NULL,
    PRIMARY KEY (bot_id, chat_id, message_id, kind)
) STRICT, WITHOUT ROWID;
