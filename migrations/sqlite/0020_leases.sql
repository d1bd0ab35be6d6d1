CREATE TABLE IF NOT EXISTS leases (
    bot_id INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    holder INTEGER NOT NULL,
    PRIMARY KEY (bot_id, chat_id, purpose)
) STRICT, WITHOUT ROWID;
