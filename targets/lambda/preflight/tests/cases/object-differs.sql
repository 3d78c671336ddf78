-- A function of a check, a view, a collation and a sequence of the same name.
-- finds: the function lib.valid(pg_catalog.text) is defined differently on the target
-- finds: the collation payments.words is defined differently on the target
-- finds: the sequence payments.round is defined differently on the target
-- both
CREATE SCHEMA lib;
-- source
CREATE FUNCTION lib.valid(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> ''x''';
CREATE COLLATION payments.words (provider = icu, locale = 'de', deterministic = false);
CREATE SEQUENCE payments.round MAXVALUE 9000000 CYCLE;
-- target
CREATE FUNCTION lib.valid(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> ''y''';
CREATE COLLATION payments.words (provider = icu, locale = 'de');
CREATE SEQUENCE payments.round MAXVALUE 9000000;
-- both
ALTER SEQUENCE payments.round OWNER TO owner;
ALTER TABLE payments.payment ADD CHECK (lib.valid(note));
-- undo
DROP SCHEMA lib CASCADE;
