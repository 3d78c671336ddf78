-- $1 the slot, or how the slots of a task begin; $2 whether it is the whole name.
select min(confirmed_flush_lsn)::text
from pg_replication_slots
where slot_type = 'logical' and database = current_database() and not temporary
  and (slot_name = $1 or not $2 and starts_with(slot_name, $1 || '_'))
