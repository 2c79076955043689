-- dead rows against the threshold at which autovacuum comes, with the table's own settings
select s.schemaname::text as schema, s.relname::text as name, s.n_live_tup as live, s.n_dead_tup as dead,
       s.n_mod_since_analyze as modified,
       extract(epoch from pg_catalog.clock_timestamp()
                          - greatest(s.last_vacuum, s.last_autovacuum))::float8 as vacuumed_s,
       extract(epoch from pg_catalog.clock_timestamp()
                          - greatest(s.last_analyze, s.last_autoanalyze))::float8 as analyzed_s,
       coalesce((select o.option_value::float8 from pg_catalog.pg_options_to_table(c.reloptions) o
                  where o.option_name = 'autovacuum_vacuum_threshold'),
                pg_catalog.current_setting('autovacuum_vacuum_threshold')::float8)
         + coalesce((select o.option_value::float8 from pg_catalog.pg_options_to_table(c.reloptions) o
                      where o.option_name = 'autovacuum_vacuum_scale_factor'),
                    pg_catalog.current_setting('autovacuum_vacuum_scale_factor')::float8)
         * greatest(c.reltuples, 0) as vacuum_at,
       coalesce((select o.option_value::bool from pg_catalog.pg_options_to_table(c.reloptions) o
                  where o.option_name = 'autovacuum_enabled'),
                pg_catalog.current_setting('autovacuum')::bool) as autovacuum
  from pg_catalog.pg_stat_user_tables s
  join pg_catalog.pg_class c on c.oid = s.relid
 where s.n_dead_tup > 0 or s.n_mod_since_analyze > 0
 order by s.n_dead_tup desc, s.n_mod_since_analyze desc
 limit 200;
