CREATE TABLE IF NOT EXISTS album_items (
    owner_id BIGINT NOT NULL,
    source_bot BIGINT NOT NULL,
    source_chat BIGINT NOT NULL,
    source_message BIGINT NOT NULL,
    first_message BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, source_bot, source_chat, source_message)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
