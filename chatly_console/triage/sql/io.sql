-- who writes the data files before there was pg_stat_io: what the background writer counted
select v.backend_type, 0::float8 as reads, 0::float8 as hits, 0::float8 as read_bytes,
       v.writes * pg_catalog.current_setting('block_size')::float8 as write_bytes, 0::float8 as evictions,
       v.fsyncs::float8 as fsyncs, 0::float8 as read_ms, v.write_ms as write_ms
  from pg_catalog.pg_stat_bgwriter b
 cross join lateral (values ('checkpointer', b.buffers_checkpoint, 0::int8, b.checkpoint_write_time),
                            ('background writer', b.buffers_clean, 0, 0),
                            ('client backend', b.buffers_backend, b.buffers_backend_fsync, 0)
                    ) v (backend_type, writes, fsyncs, write_ms)
 where v.writes > 0
 order by write_bytes desc;
