-- A hash of tables, columns, types, keys and indexes. $1 schemas.
with part as (
    select format('column %s.%s %s %s %s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                  a.attidentity, a.attgenerated) as text
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = any ($1::text[]::regnamespace[]) and c.relkind in ('r', 'p', 'v', 'm', 'f')
    union all
    select format('constraint %s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
    from pg_constraint k
    where k.connamespace = any ($1::text[]::regnamespace[])
    union all
    select format('index %s', pg_get_indexdef(i.indexrelid))
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    where c.relnamespace = any ($1::text[]::regnamespace[])
)
select encode(sha256(convert_to(coalesce(string_agg(text, E'\n' order by text collate "C"), ''), 'UTF8')), 'hex') from part
