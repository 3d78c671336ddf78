-- finds: payments.by_day of the source is partitioned by range without a default partition
-- finds partition-missing: payments.by_day of the source has no partition for rows of the other side: RANGE (day) DEFAULT
-- source
ALTER TABLE payments.by_day DETACH PARTITION payments.by_day_1;
DROP TABLE payments.by_day_1;
