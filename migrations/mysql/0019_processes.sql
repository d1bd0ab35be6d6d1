CREATE TABLE IF NOT EXISTS processes (
    process_id BIGINT NOT NULL,
    machine BIGINT NULL,
    pid BIGINT NULL,
    pid_started BIGINT NULL,
    alive_until BIGINT NOT NULL,
    PRIMARY KEY (process_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
