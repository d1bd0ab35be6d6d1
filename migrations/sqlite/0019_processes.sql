CREATE TABLE IF NOT EXISTS processes (
    process_id INTEGER NOT NULL,
    machine INTEGER NULL,
    pid INTEGER NULL,
    pid_started INTEGER NULL,
    alive_until INTEGER NOT NULL,
    PRIMARY KEY (process_id)
) STRICT;
