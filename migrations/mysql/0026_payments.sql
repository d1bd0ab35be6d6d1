CREATE TABLE IF NOT EXISTS payments (
    charge_id VARCHAR(190) NOT NULL,
    owner_id BIGINT NULL,
    stars BIGINT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    paid_at BIGINT NOT NULL,
    paid_until BIGINT NULL,
    refunded_at BIGINT NULL,
    seen_at BIGINT NOT NULL,
    told_at BIGINT NULL,
    refund_told_at BIGINT NULL,
    offered_at BIGINT NULL,
    update_id BIGINT NULL,
    PRIMARY KEY (charge_id),
    INDEX payments_by_owner (owner_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS renewals (
    owner_id BIGINT NOT NULL,
    state VARCHAR(16) NOT NULL,
    changed_at BIGINT NOT NULL,
    update_id BIGINT NOT NULL,
    PRIMARY KEY (owner_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS plan_notices (
    owner_id BIGINT NOT NULL,
    told_for BIGINT NOT NULL,
    PRIMARY KEY (owner_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
ALTER TABLE bots
    ADD COLUMN chosen_at BIGINT NULL;
