-- How many checkpoints came by the clock, and how many because the write-ahead log was full.
select checkpoints_timed::float8 as timed, checkpoints_req::float8 as requested,
       extract(epoch from pg_catalog.now() - stats_reset)::float8 as since_s
  from pg_catalog.pg_stat_bgwriter
