select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('never analyzed; about %s rows', pg_catalog.to_char(s.n_live_tup, 'FM999,999,999,999')) as detail,
       pg_catalog.format('analyze %I.%I;', n.nspname, c.relname) as fix
  from pg_catalog.pg_stat_user_tables s
  join pg_catalog.pg_class c on c.oid = s.relid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where s.last_analyze is null and s.last_autoanalyze is null and s.n_live_tup >= 1000 and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and pg_catalog.has_table_privilege(c.oid, 'select')
   and not exists (select from pg_catalog.pg_stats t where t.schemaname = n.nspname and t.tablename = c.relname)
 order by 1, 2
