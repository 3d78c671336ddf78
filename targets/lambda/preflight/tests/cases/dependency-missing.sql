-- Through a check, and through a view's function down to the type of its argument.
-- finds: the copied tables use the function lib.valid(lib.code), which the target does not have
-- finds: the copied tables use the type lib.code, which the target does not have
-- finds constraint-missing: payments.payment of the target lacks a constraint of the source: CHECK (lib.valid((note)::lib.code))
-- finds constraint-extra: payments.payment of the source has a constraint that the other side does not have: CHECK (lib.valid((note)::lib.code))
-- source
CREATE SCHEMA lib;
CREATE DOMAIN lib.code AS text;
CREATE FUNCTION lib.valid(lib.code) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
ALTER TABLE payments.payment ADD CHECK (lib.valid(note::lib.code));
-- undo source
DROP SCHEMA lib CASCADE;
