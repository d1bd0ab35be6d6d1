ALTER TABLE message_references
    ADD COLUMN is_changing INTEGER NULL;
ALTER TABLE message_references
    ADD COLUMN changed_at INTEGER NULL;
