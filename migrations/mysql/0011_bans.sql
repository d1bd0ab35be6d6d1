CREATE TABLE IF NOT EXISTS bans (
    owner_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    bot_id BIGINT NOT NULL,
    seen_by BIGINT NOT NULL,
    banned_at BIGINT NOT NULL,
    told_at BIGINT NULL,
    PRIMARY KEY (owner_id, customer_id, bot_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
