-- finds: the target has no table payments.more
-- source
CREATE TABLE payments.more (id int PRIMARY KEY);
ALTER TABLE payments.more OWNER TO owner;
