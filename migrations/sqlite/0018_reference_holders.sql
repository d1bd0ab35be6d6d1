ALTER TABLE message_references
    ADD COLUMN holder INTEGER NULL;
