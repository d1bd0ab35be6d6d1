CREATE TABLE IF NOT EXISTS conversation_states (
    owner_id INTEGER NOT NULL,
    bot_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    waiting_since INTEGER NULL,
    waiting_message INTEGER NULL,
    answered_at INTEGER NULL,
    reminded_at INTEGER NULL,
    acknowledged_at INTEGER NULL,
    blocked_at INTEGER NULL,
    is_premium INTEGER NULL,
    PRIMARY KEY (owner_id, bot_id, customer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS conversation_states_by_waiting ON conversation_states (owner_id, waiting_since);
