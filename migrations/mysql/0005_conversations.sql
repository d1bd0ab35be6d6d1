CREATE TABLE IF NOT EXISTS conversations (
    owner_id BIGINT NOT NULL,
    bot_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    inbox_chat BIGINT NOT NULL,
    inbox_thread BIGINT NULL,
    label VARCHAR(64) NULL,
    language VARCHAR(16) NULL,
    first_seen_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, bot_id, customer_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
