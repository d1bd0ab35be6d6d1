CREATE TABLE IF NOT EXISTS bot_health (
    bot_id INTEGER NOT NULL,
    alarm TEXT NULL,
    told_at INTEGER NULL,
    reset_1 INTEGER NOT NULL,
    reset_2 INTEGER NOT NULL,
    reset_3 INTEGER NOT NULL,
    PRIMARY KEY (bot_id)
) STRICT, WITHOUT ROWID;
