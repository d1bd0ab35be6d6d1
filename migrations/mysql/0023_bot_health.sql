CREATE TABLE IF NOT EXISTS bot_health (
    bot_id BIGINT NOT NULL,
    alarm VARCHAR(16) NULL,
    told_at BIGINT NULL,
    reset_1 BIGINT NOT NULL,
    reset_2 BIGINT NOT NULL,
    reset_3 BIGINT NOT NULL,
    PRIMARY KEY (bot_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
