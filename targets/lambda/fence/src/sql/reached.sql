-- Relations through which protected rows can be written: those of the schemas
-- and patterns, and from there views and rules over them, tables whose deletion
-- cascades into them, parents and partitions.
-- $1 schemas, $2 and $3 patterns of schema and table.
with recursive seed as (
    select c.oid, c.relnamespace
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      and n.nspname not in ('pg_catalog', 'information_schema', 'migspec')
      and c.relpersistence <> 't'
      and (n.nspname = any ($1)
           or exists (select from unnest($2::text[], $3::text[]) as p (s, t)
                      where n.nspname like p.s and c.relname like p.t))
), reached as (
    select oid from seed
    union
    select x.oid
    from reached
    cross join lateral (
        select w.ev_class as oid
        from pg_depend d
        join pg_rewrite w on w.oid = d.objid
        where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = reached.oid
        union all
        select k.confrelid from pg_constraint k
        where k.contype = 'f' and k.conrelid = reached.oid and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'))
        union all
        select i.inhparent from pg_inherits i where i.inhrelid = reached.oid
        union all
        select i.inhrelid from pg_inherits i where i.inhparent = reached.oid
        union all
        -- Sequences of their columns, wherever they lie.
        select d.objid from pg_depend d
        join pg_class s on s.oid = d.objid and s.relkind = 'S'
        where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = reached.oid
          and d.deptype in ('a', 'i')
        union all
        -- Sequences that their defaults, and the rules of their views, take numbers from.
        select d.refobjid from pg_attrdef f
        join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid and d.refclassid = 'pg_class'::regclass
        join pg_class s on s.oid = d.refobjid and s.relkind = 'S'
        where f.adrelid = reached.oid
        union all
        select d.refobjid from pg_rewrite w
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
        join pg_class s on s.oid = d.refobjid and s.relkind = 'S'
        where w.ev_class = reached.oid
    ) x
)
select array(select r.oid from reached r
             join pg_class c on c.oid = r.oid
             join pg_namespace n on n.oid = c.relnamespace
             where n.nspname not in ('pg_catalog', 'information_schema', 'migspec') and c.relkind <> 'i'
             order by 1),
       array(select n.oid from pg_namespace n
             where n.nspname = any ($1) or n.oid in (select relnamespace from seed)
             order by 1),
       array(select s from unnest($1::text[]) s where not exists (select from pg_namespace where nspname = s))
