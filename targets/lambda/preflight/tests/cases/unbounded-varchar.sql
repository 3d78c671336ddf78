-- finds: payments.payment.long is varchar without a length and has values of up to 10000 bytes as DMS counts them
-- both
ALTER TABLE payments.payment ADD long varchar, ADD fits varchar, ADD bounded varchar(6000);
-- source
INSERT INTO payments.payment (id, long, fits, bounded) VALUES (1, repeat('x', 5000), repeat('x', 4000), repeat('x', 6000));
