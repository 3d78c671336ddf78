-- A deferrable primary key gives no old row, a partition has an identity of its own, and the identity of another index lacks
-- the primary key, by which DMS finds the row.
-- finds: the replica identity of payments.late on the source does not name its rows: updates and deletions are lost
-- finds: the replica identity of payments.by_day_1 on the source does not name its rows: updates and deletions are lost
-- finds: the replica identity of payments.payment on the source does not name its rows: updates and deletions are lost
-- finds: the replica identity of payments.other on the source does not name its rows: updates and deletions are lost
-- finds: the replica identity of payments.other on the target does not name its rows: updates and deletions are lost
-- finds: the replica identity of payments.late on the target does not name its rows: updates and deletions are lost
-- finds: the replica identity of payments.by_day_1 on the target does not name its rows: updates and deletions are lost
-- finds firing-triggers: replicator cannot silence triggers and foreign keys of payments.late on the target
-- finds firing-triggers: applier cannot silence triggers and foreign keys of payments.late on the source
-- both
CREATE TABLE payments.late (id int PRIMARY KEY DEFERRABLE, n int NOT NULL UNIQUE);
ALTER TABLE payments.late OWNER TO owner;
CREATE TABLE payments.other (id int PRIMARY KEY, n int NOT NULL);
CREATE UNIQUE INDEX other_n ON payments.other (n);
ALTER TABLE payments.other REPLICA IDENTITY USING INDEX other_n;
ALTER TABLE payments.other OWNER TO owner;
-- source
ALTER TABLE payments.by_day_1 REPLICA IDENTITY NOTHING;
ALTER TABLE payments.payment REPLICA IDENTITY NOTHING;
-- target
ALTER TABLE payments.by_day_1 REPLICA IDENTITY NOTHING;
