-- Also below domains.
-- finds: payments.typed.a is numeric without a precision: DMS cuts it to numeric(28,6)
-- finds: payments.typed.b is numeric without a precision: DMS cuts it to numeric(28,6)
-- both
CREATE DOMAIN payments.any_amount AS numeric;
CREATE DOMAIN payments.fee AS payments.any_amount;
CREATE DOMAIN payments.bounded AS numeric(10,2);
CREATE DOMAIN payments.bounded_fee AS payments.bounded;
CREATE TABLE payments.typed (id int PRIMARY KEY, a numeric, b payments.fee, c payments.bounded_fee);
ALTER TABLE payments.typed OWNER TO owner;
