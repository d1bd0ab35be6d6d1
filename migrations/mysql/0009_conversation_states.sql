CREATE TABLE IF NOT EXISTS conversation_states (
    owner_id BIGINT NOT NULL,
    bot_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    waiting_since BIGINT NULL,
    waiting_message BIGINT NULL,
    answered_at BIGINT NULL,
    reminded_at BIGINT NULL,
    acknowledged_at BIGINT NULL,
    blocked_at BIGINT NULL,
    is_premium BIGINT NULL,
    PRIMARY KEY (owner_id, bot_id, customer_id),
    INDEX conversation_states_by_waiting (owner_id, waiting_since)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
