-- The columns stay NOT NULL.
-- finds: payments.by_day has no key on the target: each change would read the whole table
-- finds unique-missing: payments.by_day of the target is not unique over (day, id), and the source is
-- finds unique-extra: payments.by_day of the source is unique over (day, id), and the other side is not
-- target
ALTER TABLE payments.by_day DROP CONSTRAINT by_day_pkey;
