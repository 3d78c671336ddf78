-- The same reference twice would go in on the target. An index that is not valid counts for nothing.
-- finds: payments.payment of the target is not unique over (reference), and the source is
-- finds: payments.payment of the target is not unique over (lower(note)) WHERE (note IS NOT NULL), and the source is
-- finds unique-extra: payments.payment of the source is unique over (reference), and the other side is not
-- finds unique-extra: payments.payment of the source is unique over (lower(note)) WHERE (note IS NOT NULL), and the other side is not
-- both
ALTER TABLE payments.payment ADD reference text;
CREATE UNIQUE INDEX by_note ON payments.payment (lower(note)) WHERE note IS NOT NULL;
CREATE UNIQUE INDEX by_reference ON payments.payment (reference);
-- target
DROP INDEX payments.by_note;
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'payments.by_reference'::regclass;
