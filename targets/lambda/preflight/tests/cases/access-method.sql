-- The heap under another name, and that of a partition.
-- finds: payments.odd of the source is stored by the access method other
-- finds: payments.odd of the target is stored by the access method other
-- finds: payments.by_day of the source is stored by the access method other
-- both
CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE payments.odd (id int PRIMARY KEY) USING other;
ALTER TABLE payments.odd OWNER TO owner;
-- source
CREATE TABLE payments.by_day_2 PARTITION OF payments.by_day FOR VALUES FROM ('2020-01-01') TO ('2020-02-01') USING other;
ALTER TABLE payments.by_day_2 OWNER TO owner;
-- undo
DROP ACCESS METHOD other CASCADE;
