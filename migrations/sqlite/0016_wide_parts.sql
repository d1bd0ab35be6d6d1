-- An INTEGER of SQLite holds 64 bits already; its twin widens a SMALLINT.
SELECT 'part' WHERE FALSE;
