CREATE TABLE IF NOT EXISTS dialogues (
    owner_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
