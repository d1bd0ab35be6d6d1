CREATE TABLE IF NOT EXISTS notes (
    owner_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    note BLOB NOT NULL,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id, customer_id)
) STRICT, WITHOUT ROWID;
