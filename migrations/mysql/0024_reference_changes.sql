ALTER TABLE message_references
    ADD COLUMN is_changing SMALLINT NULL,
    ADD COLUMN changed_at BIGINT NULL;
