CREATE TABLE IF NOT EXISTS bots (
    bot_id INTEGER NOT NULL,
    owner_id INTEGER NOT NULL,
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    token BLOB NULL,
    state TEXT NOT NULL,
    webhook BLOB NULL,
    attached_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (bot_id)
) STRICT;
CREATE INDEX bots_by_owner ON bots (owner_id);
