-- One of all tables, and one of a table whose rows it cannot name. One of a table with an identity is none.
-- finds: the publication everything of the target has tables without a replica identity: all tables
-- finds: the publication published of the source has tables without a replica identity: payments.payment
-- finds replica-identity: the replica identity of payments.payment on the source does not name its rows
-- finds identity-trial: the replica identity of the tables on the target could not be tried: the publication everything has all tables
-- source
ALTER TABLE payments.payment REPLICA IDENTITY NOTHING;
CREATE PUBLICATION published FOR TABLE payments.payment, payments.by_day;
CREATE PUBLICATION other FOR TABLE payments.by_day;
CREATE PUBLICATION inserts FOR TABLE payments.payment WITH (publish = 'insert');
-- target
CREATE PUBLICATION everything FOR ALL TABLES;
-- undo source
DROP PUBLICATION published, other, inserts;
-- undo target
DROP PUBLICATION everything;
