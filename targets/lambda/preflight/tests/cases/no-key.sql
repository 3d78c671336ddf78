-- Partial, deferrable and expression indexes are no keys, and neither is one over a column that may be NULL.
-- finds: payments.bare has neither a primary key nor a unique index over columns that are never NULL
-- finds target-key: payments.bare has no key on the target: each change would read the whole table
-- finds firing-triggers: replicator cannot silence triggers and foreign keys of payments.bare on the target
-- finds firing-triggers: applier cannot silence triggers and foreign keys of payments.bare on the source
-- both
CREATE TABLE payments.bare (a int NOT NULL, b int, c int NOT NULL, UNIQUE (c) DEFERRABLE);
CREATE UNIQUE INDEX ON payments.bare (a) WHERE a > 0;
CREATE UNIQUE INDEX ON payments.bare (b);
CREATE UNIQUE INDEX ON payments.bare ((a + 1));
ALTER TABLE payments.bare OWNER TO owner;
