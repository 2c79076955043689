-- dead and changed rows against the thresholds at which autovacuum comes, with the table's own settings;
-- the size is the catalogue's, since to ask for that of the file waits for whoever has locked the table
select s.schemaname::text as schema, s.relname::text as name, s.n_live_tup as live, s.n_dead_tup as dead,
       s.n_mod_since_analyze as modified, coalesce(s.seq_scan, 0) as sequential, coalesce(s.idx_scan, 0) as by_index,
       c.relpages::int8 * pg_catalog.current_setting('block_size')::int8 as bytes,
       extract(epoch from pg_catalog.clock_timestamp()
                          - greatest(s.last_vacuum, s.last_autovacuum))::float8 as vacuumed_s,
       extract(epoch from pg_catalog.clock_timestamp()
                          - greatest(s.last_analyze, s.last_autoanalyze))::float8 as analyzed_s,
       coalesce(o.vacuum_threshold, d.vacuum_threshold)
         + coalesce(o.vacuum_scale, d.vacuum_scale) * greatest(c.reltuples, 0) as vacuum_at,
       coalesce(o.analyze_threshold, d.analyze_threshold)
         + coalesce(o.analyze_scale, d.analyze_scale) * greatest(c.reltuples, 0) as analyze_at,
       coalesce(o.enabled, d.enabled) as autovacuum
  from pg_catalog.pg_stat_user_tables s
  join pg_catalog.pg_class c on c.oid = s.relid
 cross join (select pg_catalog.current_setting('autovacuum_vacuum_threshold')::float8 as vacuum_threshold,
                    pg_catalog.current_setting('autovacuum_vacuum_scale_factor')::float8 as vacuum_scale,
                    pg_catalog.current_setting('autovacuum_analyze_threshold')::float8 as analyze_threshold,
                    pg_catalog.current_setting('autovacuum_analyze_scale_factor')::float8 as analyze_scale,
                    pg_catalog.current_setting('autovacuum')::bool as enabled) d
 cross join lateral (
    select max(x.option_value) filter (where x.option_name = 'autovacuum_vacuum_threshold')::float8 as vacuum_threshold,
           max(x.option_value) filter (where x.option_name = 'autovacuum_vacuum_scale_factor')::float8 as vacuum_scale,
           max(x.option_value) filter (where x.option_name = 'autovacuum_analyze_threshold')::float8 as analyze_threshold,
           max(x.option_value) filter (where x.option_name = 'autovacuum_analyze_scale_factor')::float8 as analyze_scale,
           max(x.option_value) filter (where x.option_name = 'autovacuum_enabled')::bool as enabled
      from pg_catalog.pg_options_to_table(c.reloptions) x) o
 order by s.n_dead_tup + s.n_mod_since_analyze > 1000 desc, c.relpages desc, s.n_dead_tup desc
 limit 200;
