-- Text counts two bytes a character; an array and a domain count as their text.
-- finds: payments.payment.note has values of up to 79 KiB as DMS counts them, and the limit of the tasks is 64 KiB
-- finds: payments.payment.tags has values of up to 77 KiB as DMS counts them, and the limit of the tasks is 64 KiB
-- finds: payments.payment.scan has values of up to 79 KiB as DMS counts them, and the limit of the tasks is 64 KiB
-- both
ALTER TABLE payments.payment ADD tags text[], ADD scan bytea, ADD fits bytea;
-- source
INSERT INTO payments.payment (id, note, tags, scan, fits) VALUES
    (1, repeat('x', 40000), ARRAY[repeat('x', 39000), 'y'], repeat('x', 80000)::bytea, repeat('x', 65536)::bytea);
