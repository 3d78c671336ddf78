-- Below one level, and beside a default partition. A default takes the rows of its level only.
-- finds: payments.by_region of the target has no partition for rows of the other side: LIST (region) FOR VALUES IN ('us')
-- finds: payments.by_year of the target has no partition for rows of the other side: any
-- both
CREATE TABLE payments.by_region (region varchar(2), id int, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE payments.by_region_eu PARTITION OF payments.by_region FOR VALUES IN ('eu') PARTITION BY HASH (id);
CREATE TABLE payments.by_region_eu_0 PARTITION OF payments.by_region_eu FOR VALUES WITH (MODULUS 1, REMAINDER 0);
ALTER TABLE payments.by_region OWNER TO owner;
ALTER TABLE payments.by_region_eu OWNER TO owner;
ALTER TABLE payments.by_region_eu_0 OWNER TO owner;
-- source
CREATE TABLE payments.by_region_us PARTITION OF payments.by_region FOR VALUES IN ('us');
ALTER TABLE payments.by_region_us OWNER TO owner;
CREATE TABLE payments.by_day_2 PARTITION OF payments.by_day FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
ALTER TABLE payments.by_day_2 OWNER TO owner;
CREATE TABLE payments.by_year (year int PRIMARY KEY);
ALTER TABLE payments.by_year OWNER TO owner;
-- target
CREATE TABLE payments.by_year (year int PRIMARY KEY) PARTITION BY LIST (year);
ALTER TABLE payments.by_year OWNER TO owner;
CREATE TABLE payments.by_year_2026 PARTITION OF payments.by_year FOR VALUES IN (2026);
ALTER TABLE payments.by_year_2026 OWNER TO owner;
