-- finds: whether DMS carries payments.typed.a is not known: its type is macaddr8 (macaddr8)
-- finds: whether DMS carries payments.typed.b is not known: its type is oid[] (oid)
-- finds unsupported-type: DMS does not carry payments.typed.d: its type is macaddr (macaddr)
-- both
CREATE TABLE payments.typed (id int PRIMARY KEY, a macaddr8, b oid[], c int[], d macaddr);
ALTER TABLE payments.typed OWNER TO owner;
