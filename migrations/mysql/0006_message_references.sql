CREATE TABLE IF NOT EXISTS message_references (
    owner_id BIGINT NOT NULL,
    source_bot BIGINT NOT NULL,
    source_chat BIGINT NOT NULL,
    source_message BIGINT NOT NULL,
    part SMALLINT NOT NULL,
    direction VARCHAR(8) NOT NULL,
    copy_bot BIGINT NOT NULL,
    copy_chat BIGINT NOT NULL,
    copy_message BIGINT NULL,
    state VARCHAR(8) NOT NULL,
    reason VARCHAR(32) NULL,
    attempts SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, source_bot, source_chat, source_message, part),
    INDEX message_references_by_copy (copy_bot, copy_chat, copy_message)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
