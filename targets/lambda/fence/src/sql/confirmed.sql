-- $1 how the slot of the task begins.
with slot as (
    select starts_with(slot_name, $1) as named, confirmed_flush_lsn as confirmed
    from pg_replication_slots
    where slot_type = 'logical' and database = current_database() and not temporary
      and (active or starts_with(slot_name, $1))
)
select min(confirmed)::text from slot where named or not exists (select from slot where named)
