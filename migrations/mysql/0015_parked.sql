CREATE TABLE IF NOT EXISTS parked (
    bot_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    kind VARCHAR(8) NOT NULL,
    update_id BIGINT NOT NULL,
    content MEDIUMBLOB NOT NULL,
    parked_at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, chat_id, message_id, kind)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
