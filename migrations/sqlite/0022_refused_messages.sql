ALTER TABLE conversation_states
    ADD COLUMN refused INTEGER NULL;
ALTER TABLE conversation_states
    ADD COLUMN refused_upto INTEGER NULL;
ALTER TABLE conversation_states
    ADD COLUMN refused_told_at INTEGER NULL;
