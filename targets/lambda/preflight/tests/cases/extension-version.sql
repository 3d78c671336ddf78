-- finds: the extension hstore is 1.8 on the source and 1.7 on the target
-- source
CREATE EXTENSION hstore SCHEMA public VERSION '1.8';
-- target
CREATE EXTENSION hstore SCHEMA public VERSION '1.7';
-- undo
DROP EXTENSION hstore;
