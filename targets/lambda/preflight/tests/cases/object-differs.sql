-- A function of a check, a collation and a sequence of the same name.
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
-- The order of columns is no difference of a view.
-- source
CREATE TABLE payments.shuffled (id int PRIMARY KEY, a int, b text);
-- target
CREATE TABLE payments.shuffled (b text, a int, id int PRIMARY KEY);
-- both
ALTER TABLE payments.shuffled OWNER TO owner;
CREATE VIEW payments.same AS SELECT * FROM payments.shuffled WHERE a > 0;
ALTER VIEW payments.same OWNER TO owner;
-- undo
DROP SCHEMA lib CASCADE;
