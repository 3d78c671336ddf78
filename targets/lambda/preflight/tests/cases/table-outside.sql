-- The customer of a payment, and the country of the customer.
-- finds: the copied tables refer to lib.customer, which the replication does not copy
-- finds: the copied tables refer to lib.country, which the replication does not copy
-- finds firing-triggers: replicator cannot silence triggers and foreign keys of payments.payment on the target
-- finds firing-triggers: applier cannot silence triggers and foreign keys of payments.payment on the source
-- both
CREATE SCHEMA lib;
CREATE TABLE lib.country (id int PRIMARY KEY);
CREATE TABLE lib.customer (id int PRIMARY KEY, country int REFERENCES lib.country);
ALTER TABLE payments.payment ADD customer int REFERENCES lib.customer;
-- undo
DROP SCHEMA lib CASCADE;
