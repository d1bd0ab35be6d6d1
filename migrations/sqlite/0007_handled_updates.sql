CREATE TABLE IF NOT EXISTS handled_updates (
    bot_id INTEGER NOT NULL,
    update_id INTEGER NOT NULL,
    handled_at INTEGER NOT NULL,
    PRIMARY KEY (bot_id, update_id)
) STRICT, WITHOUT ROWID;
