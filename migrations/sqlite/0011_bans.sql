CREATE TABLE IF NOT EXISTS bans (
    owner_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    bot_id INTEGER NOT NULL,
    seen_by INTEGER NOT NULL,
    banned_at INTEGER NOT NULL,
    told_at INTEGER NULL,
    PRIMARY KEY (owner_id, customer_id, bot_id)
) STRICT, WITHOUT ROWID;
