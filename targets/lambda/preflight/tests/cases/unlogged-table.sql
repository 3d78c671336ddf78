-- finds: payments.fast is unlogged on the source: its changes are not in the log
-- finds: payments.fast is unlogged on the target: its changes are not in the log
-- finds: payments.by_day_2 is unlogged on the source: its changes are not in the log
-- both
CREATE UNLOGGED TABLE payments.fast (id int PRIMARY KEY);
ALTER TABLE payments.fast OWNER TO owner;
-- source
CREATE UNLOGGED TABLE payments.by_day_2 PARTITION OF payments.by_day FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
ALTER TABLE payments.by_day_2 OWNER TO owner;
