ALTER TABLE message_references
    MODIFY part BIGINT NOT NULL;
