CREATE TABLE IF NOT EXISTS bot_settings (
    bot_id INTEGER NOT NULL,
    settings BLOB NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (bot_id)
) STRICT;
