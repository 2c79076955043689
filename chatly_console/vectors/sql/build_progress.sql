-- How far the index that backend $1 builds is.
select p.phase, p.blocks_done, p.blocks_total, p.tuples_done, p.tuples_total,
       p.lockers_total, p.lockers_done, p.current_locker_pid
  from pg_catalog.pg_stat_progress_create_index p
 where p.pid = $1::text::int;
