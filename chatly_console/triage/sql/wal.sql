-- the write-ahead log since its counters were reset
select w.wal_records::float8 as records, w.wal_fpi::float8 as images, w.wal_bytes::float8 as bytes,
       w.wal_buffers_full::float8 as buffers_full,
       extract(epoch from pg_catalog.clock_timestamp() - w.stats_reset)::float8 as seconds
  from pg_catalog.pg_stat_wal w;
