CREATE TABLE IF NOT EXISTS bot_settings (
    bot_id BIGINT NOT NULL,
    settings MEDIUMBLOB NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (bot_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
