CREATE TABLE IF NOT EXISTS owners (
    owner_id INTEGER NOT NULL,
    language TEXT NULL,
    registered_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id)
) STRICT;
