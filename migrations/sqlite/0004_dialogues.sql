CREATE TABLE IF NOT EXISTS dialogues (
    owner_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id)
) STRICT;
