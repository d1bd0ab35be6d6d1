CREATE TABLE IF NOT EXISTS refused_chats (
    bot_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    refused_at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, chat_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
