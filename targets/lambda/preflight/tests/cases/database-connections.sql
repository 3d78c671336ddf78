-- Twelve of the migration, and those that are open.
-- finds: the database of the source accepts 12 sessions, and
-- source
ALTER DATABASE ledger CONNECTION LIMIT 12;
-- undo source
ALTER DATABASE ledger CONNECTION LIMIT -1;
