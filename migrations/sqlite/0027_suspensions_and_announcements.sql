CREATE TABLE IF NOT EXISTS announcements (
    operator_id INTEGER NOT NULL,
    question_id INTEGER NOT NULL,
    text BLOB NULL,
    made_at INTEGER NOT NULL,
    owners INTEGER NOT NULL,
    reached INTEGER NOT NULL,
    trying INTEGER NULL,
    sent INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    ended_at INTEGER NULL,
    PRIMARY KEY (operator_id, question_id)
) STRICT;
ALTER TABLE owners
    ADD COLUMN suspended_at INTEGER NULL;
ALTER TABLE owners
    ADD COLUMN told_suspended_at INTEGER NULL;
