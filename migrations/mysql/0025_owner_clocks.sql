ALTER TABLE owners
    ADD COLUMN utc_offset BIGINT NULL;
