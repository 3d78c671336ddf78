-- finds: whether DMS carries payments.typed.a is not known: its type is macaddr8 (macaddr8)
-- finds: whether DMS carries payments.typed.b is not known: its type is oid[] (oid)
-- both
CREATE TABLE payments.typed (id int PRIMARY KEY, a macaddr8, b oid[], c int[]);
ALTER TABLE payments.typed OWNER TO owner;
