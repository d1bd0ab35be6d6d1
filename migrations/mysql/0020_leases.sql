CREATE TABLE IF NOT EXISTS leases (
    bot_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    purpose VARCHAR(16) NOT NULL,
    holder BIGINT NOT NULL,
    PRIMARY KEY (bot_id, chat_id, purpose)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
