ALTER TABLE payments
    ADD COLUMN stopped_at INTEGER NULL;
ALTER TABLE payments
    ADD COLUMN lapsed_at INTEGER NULL;
