-- How far the index build of the server process $1 is, and whom it waits for.
select p.phase, case when p.blocks_total > 0 then p.blocks_done else p.tuples_done end::float8 as done,
       case when p.blocks_total > 0 then p.blocks_total else p.tuples_total end::float8 as total,
       case when p.blocks_total > 0 then 'blocks' else 'rows' end as unit,
       p.lockers_total::int as lockers, p.lockers_done::int as lockers_done,
       (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                 'pid', a.pid, 'login', a.usename, 'application', a.application_name, 'state', a.state,
                 'seconds', extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)))
          from pg_catalog.pg_stat_activity a
         where a.pid = p.current_locker_pid
            or a.pid = any (pg_catalog.pg_blocking_pids(p.pid))) as waits_for
  from pg_catalog.pg_stat_progress_create_index p where p.pid = $1
