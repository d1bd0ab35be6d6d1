CREATE TABLE installation (
    name VARCHAR(64) NOT NULL,
    value VARBINARY(1024) NOT NULL,
    PRIMARY KEY (name)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
