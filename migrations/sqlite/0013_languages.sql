CREATE TABLE IF NOT EXISTS languages (
    bot_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    language TEXT NOT NULL,
    chosen_at INTEGER NOT NULL,
    PRIMARY KEY (bot_id, person_id)
) STRICT, WITHOUT ROWID;
