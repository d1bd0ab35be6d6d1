ALTER TABLE conversation_states
    ADD COLUMN trusted_at BIGINT NULL,
    ADD COLUMN checked_at BIGINT NULL,
    ADD COLUMN check_message BIGINT NULL,
    ADD COLUMN contact_message BIGINT NULL;
