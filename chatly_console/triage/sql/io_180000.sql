-- who reads and writes the data files, since the counters were reset
select backend_type, coalesce(sum(reads), 0)::float8 as reads, coalesce(sum(hits), 0)::float8 as hits,
       coalesce(sum(read_bytes), 0)::float8 as read_bytes,
       coalesce(sum(coalesce(write_bytes, 0) + coalesce(extend_bytes, 0)), 0)::float8 as write_bytes,
       coalesce(sum(evictions), 0)::float8 as evictions, coalesce(sum(fsyncs), 0)::float8 as fsyncs,
       coalesce(sum(read_time), 0)::float8 as read_ms, coalesce(sum(write_time), 0)::float8 as write_ms
  from pg_catalog.pg_stat_io
 where object <> 'wal'
 group by backend_type
having sum(coalesce(reads, 0) + coalesce(writes, 0) + coalesce(extends, 0) + coalesce(hits, 0)) > 0
 order by 4 desc, 5 desc;
