-- finds: the extension hstore is 1.5 on the source and 1.4 on the target
-- source
CREATE EXTENSION hstore SCHEMA public VERSION '1.5';
-- target
CREATE EXTENSION hstore SCHEMA public VERSION '1.4';
-- undo
DROP EXTENSION hstore;
