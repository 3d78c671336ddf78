-- finds: payments.fast is unlogged on the source: its changes are not in the log
-- finds: payments.fast is unlogged on the target: its changes are not in the log
-- both
CREATE UNLOGGED TABLE payments.fast (id int PRIMARY KEY);
ALTER TABLE payments.fast OWNER TO owner;
