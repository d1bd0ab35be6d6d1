ALTER TABLE conversation_states
    ADD COLUMN trusted_at INTEGER NULL;
ALTER TABLE conversation_states
    ADD COLUMN checked_at INTEGER NULL;
ALTER TABLE conversation_states
    ADD COLUMN check_message INTEGER NULL;
ALTER TABLE conversation_states
    ADD COLUMN contact_message INTEGER NULL;
