-- As after a move to another operating system. A collation without an index has no order to keep.
-- finds: the collation "de-x-icu" of the source has the version
-- both
CREATE INDEX ON payments.payment (note COLLATE "de-x-icu");
-- source
UPDATE pg_collation SET collversion = '0' WHERE collname IN ('de-x-icu', 'fr-x-icu');
-- undo source
ALTER COLLATION pg_catalog."de-x-icu" REFRESH VERSION;
ALTER COLLATION pg_catalog."fr-x-icu" REFRESH VERSION;
