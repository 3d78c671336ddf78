-- finds: payments.by_day of the source is partitioned by range without a default partition
-- source
ALTER TABLE payments.by_day DETACH PARTITION payments.by_day_1;
DROP TABLE payments.by_day_1;
