-- Prepared transactions that have written protected relations: who commits
-- them later needs no right to write. $1 relations.
select count(*)
from pg_prepared_xacts p
join pg_locks own on own.locktype = 'transactionid' and own.transactionid = p.transaction and own.mode = 'ExclusiveLock' and own.granted
where p.database = current_database()
  and exists (select from pg_locks l
              where l.pid is null and l.virtualtransaction = own.virtualtransaction
                and l.locktype = 'relation' and l.relation = any ($1)
                and l.mode not in ('AccessShareLock', 'RowShareLock', 'ShareUpdateExclusiveLock'))
