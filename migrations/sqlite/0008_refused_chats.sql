CREATE TABLE IF NOT EXISTS refused_chats (
    bot_id INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    refused_at INTEGER NOT NULL,
    PRIMARY KEY (bot_id, chat_id)
) STRICT, WITHOUT ROWID;
