CREATE TABLE IF NOT EXISTS bots (
    bot_id BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    username VARCHAR(64) NOT NULL,
    name VARCHAR(190) NOT NULL,
    token VARBINARY(512) NULL,
    state VARCHAR(16) NOT NULL,
    webhook VARBINARY(64) NULL,
    attached_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (bot_id),
    INDEX bots_by_owner (owner_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
