-- Enums, also below a domain and in an array.
-- finds: DMS does not carry payments.typed.a: its type is payments.mood (enum)
-- finds: DMS does not carry payments.typed.b: its type is payments.mood[] (enum)
-- finds: DMS does not carry payments.typed.c: its type is payments.moody over payments.mood (enum)
-- finds: DMS does not carry payments.typed.d: its type is inet (inet)
-- finds: DMS does not carry payments.typed.e: its type is int4range (range)
-- both
CREATE TYPE payments.mood AS ENUM ('a');
CREATE DOMAIN payments.moody AS payments.mood;
CREATE TABLE payments.typed (id int PRIMARY KEY, a payments.mood, b payments.mood[], c payments.moody, d inet, e int4range);
ALTER TABLE payments.typed OWNER TO owner;
