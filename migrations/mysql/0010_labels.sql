CREATE TABLE IF NOT EXISTS labels (
    owner_id BIGINT NOT NULL,
    bot_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    label VARCHAR(64) NOT NULL,
    first_seen_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, bot_id, customer_id, label)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
