CREATE TABLE IF NOT EXISTS handled_updates (
    bot_id BIGINT NOT NULL,
    update_id BIGINT NOT NULL,
    handled_at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, update_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
