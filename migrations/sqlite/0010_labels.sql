CREATE TABLE IF NOT EXISTS labels (
    owner_id INTEGER NOT NULL,
    bot_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    label TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    PRIMARY KEY (owner_id, bot_id, customer_id, label)
) STRICT, WITHOUT ROWID;
