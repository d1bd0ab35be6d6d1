-- The index comes last: where it is there already, everything before it is.
CREATE TABLE IF NOT EXISTS forgettings (
    person_id BIGINT NOT NULL,
    ticket BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (person_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS forgotten_notices (
    owner_id BIGINT NOT NULL,
    ticket BIGINT NOT NULL,
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, ticket)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS forgotten_marks (
    owner_id BIGINT NOT NULL,
    mark VARBINARY(32) NOT NULL,
    bot_id BIGINT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, mark, bot_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX conversations_by_customer ON conversations (customer_id);
