CREATE TABLE IF NOT EXISTS announcements (
    operator_id BIGINT NOT NULL,
    question_id BIGINT NOT NULL,
    text BLOB NULL,
    made_at BIGINT NOT NULL,
    owners BIGINT NOT NULL,
    reached BIGINT NOT NULL,
    trying BIGINT NULL,
    sent BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    ended_at BIGINT NULL,
    PRIMARY KEY (operator_id, question_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
ALTER TABLE owners
    ADD COLUMN suspended_at BIGINT NULL,
    ADD COLUMN told_suspended_at BIGINT NULL;
