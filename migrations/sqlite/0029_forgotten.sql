CREATE TABLE IF NOT EXISTS forgettings (
    person_id INTEGER NOT NULL,
    ticket INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (person_id)
) STRICT;
CREATE TABLE IF NOT EXISTS forgotten_notices (
    owner_id INTEGER NOT NULL,
    ticket INTEGER NOT NULL,
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id, ticket)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgotten_marks (
    owner_id INTEGER NOT NULL,
    mark BLOB NOT NULL,
    bot_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    marked_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id, mark, bot_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS conversations_by_customer ON conversations (customer_id);
