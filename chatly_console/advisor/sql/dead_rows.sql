select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('%s dead rows beside %s live ones; last vacuum %s',
                         pg_catalog.to_char(s.n_dead_tup, 'FM999,999,999,999'),
                         pg_catalog.to_char(s.n_live_tup, 'FM999,999,999,999'),
                         coalesce(pg_catalog.to_char(greatest(s.last_vacuum, s.last_autovacuum), 'YYYY-MM-DD'), 'never'))
       as detail,
       pg_catalog.format('vacuum (analyze) %I.%I;', n.nspname, c.relname) as fix
  from pg_catalog.pg_stat_user_tables s
  join pg_catalog.pg_class c on c.oid = s.relid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where s.n_dead_tup > 10000 and s.n_dead_tup > s.n_live_tup / 4 and n.nspname <> all (pg_catalog.string_to_array($1, ','))
 order by 1, 2
