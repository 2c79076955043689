-- How far the index that backend $1 builds is.
select p.phase, p.blocks_done, p.blocks_total, p.tuples_done, p.tuples_total
  from pg_catalog.pg_stat_progress_create_index p
 where p.pid = $1::text::int;
