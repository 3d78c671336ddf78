-- finds: payments.fast is unlogged: its changes are not in the log
-- both
CREATE UNLOGGED TABLE payments.fast (id int PRIMARY KEY);
ALTER TABLE payments.fast OWNER TO owner;
