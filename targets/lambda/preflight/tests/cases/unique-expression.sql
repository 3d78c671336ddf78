-- finds: payments.payment has a unique index over an expression that DMS does not support: (COALESCE(note, ''::text))
-- finds: payments.payment has a unique index over an expression that DMS does not support: (
-- both
CREATE UNIQUE INDEX ON payments.payment (coalesce(note, ''));
CREATE UNIQUE INDEX ON payments.payment ((CASE WHEN amount > 0 THEN id END));
CREATE UNIQUE INDEX ON payments.payment (lower(note));
