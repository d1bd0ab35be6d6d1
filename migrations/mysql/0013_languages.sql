CREATE TABLE IF NOT EXISTS languages (
    bot_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    language VARCHAR(16) NOT NULL,
    chosen_at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, person_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
