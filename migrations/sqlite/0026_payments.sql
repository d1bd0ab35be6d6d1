CREATE TABLE IF NOT EXISTS payments (
    charge_id TEXT NOT NULL,
    owner_id INTEGER NULL,
    stars INTEGER NOT NULL,
    kind TEXT NOT NULL,
    paid_at INTEGER NOT NULL,
    paid_until INTEGER NULL,
    refunded_at INTEGER NULL,
    seen_at INTEGER NOT NULL,
    told_at INTEGER NULL,
    refund_told_at INTEGER NULL,
    offered_at INTEGER NULL,
    update_id INTEGER NULL,
    PRIMARY KEY (charge_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_by_owner ON payments (owner_id);
CREATE TABLE IF NOT EXISTS renewals (
    owner_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    update_id INTEGER NOT NULL,
    PRIMARY KEY (owner_id)
) STRICT;
CREATE TABLE IF NOT EXISTS plan_notices (
    owner_id INTEGER NOT NULL,
    told_for INTEGER NOT NULL,
    PRIMARY KEY (owner_id)
) STRICT;
ALTER TABLE bots
    ADD COLUMN chosen_at INTEGER NULL;
