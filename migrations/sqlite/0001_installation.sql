CREATE TABLE installation (
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (name)
) STRICT, WITHOUT ROWID;
