-- every backend, with the lock that it waits for and who stands in its way; others' details are null without the right
with locks as materialized (
    select l.pid, l.granted, l.locktype, l.mode, l.database, l.relation, l.transactionid, l.classid, l.objid, l.objsubid,
           l.waitstart
      from pg_catalog.pg_locks l
     where l.pid is not null and (not l.granted or l.locktype = 'tuple')
       and exists (select from pg_catalog.pg_stat_get_activity(null) s
                    where s.wait_event_type = 'Lock' or s.query = '<insufficient privilege>')
), waits as materialized (
    select distinct on (l.pid) l.*, pg_catalog.pg_blocking_pids(l.pid) as blockers
      from locks l
     where not l.granted
     order by l.pid, l.waitstart
), held_rows as materialized (
    select distinct on (l.pid) l.pid, l.database, l.relation
      from locks l
     where l.granted
     order by l.pid
)
select a.pid, a.leader_pid, a.datname::text as database, a.usename::text as "user", a.application_name as application,
       pg_catalog.host(a.client_addr) as client, a.backend_type, a.backend_start, a.state, a.wait_event_type,
       a.wait_event, pg_catalog.left(a.query, 2000) as query, a.query_id,
       a.pid = pg_catalog.pg_backend_pid() as asking,
       a.usesysid in (select r.oid from pg_catalog.pg_roles r where r.rolsuper) as of_superuser,
       a.query = '<insufficient privilege>' as concealed,
       extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::float8 as transaction_s,
       extract(epoch from pg_catalog.clock_timestamp() - a.query_start)::float8 as query_s,
       extract(epoch from pg_catalog.clock_timestamp() - a.state_change)::float8 as state_s,
       pg_catalog.age(a.backend_xmin)::int8 as xmin_age,
       w.pid is not null as waits,
       pg_catalog.array_to_string(w.blockers, ',') as blockers,
       w.locktype as lock_type, w.mode as lock_mode,
       extract(epoch from pg_catalog.clock_timestamp() - w.waitstart)::float8 as waits_s,
       case when at.relation is null then null
            when at.database in (0, here.oid) then at.relation::pg_catalog.regclass::text
            else 'relation ' || at.relation || ' of another database' end as relation,
       w.transactionid::text as waited_transaction,
       case when w.locktype = 'advisory' then
            case w.objsubid when 1 then ((w.classid::int8 << 32) | w.objid::int8)::text
                            else w.classid::text || ', ' || w.objid::text end end as advisory_key
  from pg_catalog.pg_stat_activity a
  left join waits w on w.pid = a.pid
  left join held_rows h on h.pid = a.pid and w.locktype = 'transactionid'
 cross join lateral (select coalesce(w.relation, h.relation) as relation, coalesce(w.database, h.database) as database) at
 cross join (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()) here
