ALTER TABLE conversation_states
    ADD COLUMN refused BIGINT NULL,
    ADD COLUMN refused_upto BIGINT NULL,
    ADD COLUMN refused_told_at BIGINT NULL;
