-- pg_stat_statements 1.11: times of shared and local blocks; {schema} is the extension's
select s.userid::int8 as user_id, s.dbid::int8 as database_id, s.queryid as query_id, s.toplevel as toplevel,
       (select r.rolname::text from pg_catalog.pg_roles r where r.oid = s.userid) as "user",
       (select d.datname::text from pg_catalog.pg_database d where d.oid = s.dbid) as database,
       s.calls, s.total_exec_time as total_ms, s.rows::int8 as rows,
       s.shared_blk_read_time + s.shared_blk_write_time + s.local_blk_read_time + s.local_blk_write_time
         + s.temp_blk_read_time + s.temp_blk_write_time as io_ms,
       s.shared_blks_hit as hits, s.shared_blks_read as reads, s.temp_blks_written as temp_blocks,
       s.wal_bytes::float8 as wal_bytes, 0::int8 as workers_missed
  from {schema}.pg_stat_statements(false) s;
