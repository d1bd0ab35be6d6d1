ALTER TABLE payments
    ADD COLUMN stopped_at BIGINT NULL,
    ADD COLUMN lapsed_at BIGINT NULL;
