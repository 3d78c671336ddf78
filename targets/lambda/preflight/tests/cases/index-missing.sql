-- finds: payments.payment of the target lacks an index of the source: USING btree (lower(note)) INCLUDE (amount) WHERE (amount > (0)::numeric)
-- source
CREATE INDEX ON payments.payment (lower(note)) INCLUDE (amount) WHERE amount > 0;
CREATE INDEX ON payments.payment (note) WITH (fillfactor = 70);
-- target
CREATE INDEX another_name ON payments.payment (note);
