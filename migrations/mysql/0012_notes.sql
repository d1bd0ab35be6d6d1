CREATE TABLE IF NOT EXISTS notes (
    owner_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    note BLOB NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, customer_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
