CREATE TABLE IF NOT EXISTS owners (
    owner_id BIGINT NOT NULL,
    language VARCHAR(16) NULL,
    registered_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
