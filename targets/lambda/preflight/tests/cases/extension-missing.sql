-- finds: the target lacks the extension hstore
-- source
CREATE EXTENSION hstore SCHEMA public;
-- undo source
DROP EXTENSION hstore;
