ALTER TABLE message_references
    ADD COLUMN holder BIGINT NULL;
