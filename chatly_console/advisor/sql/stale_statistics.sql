-- Twice what lets autovacuum analyze by itself (a tenth of the rows), so something keeps it from doing so.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('%s of %s rows changed since the last ANALYZE%s',
                         pg_catalog.to_char(s.n_mod_since_analyze, 'FM999,999,999,999'),
                         pg_catalog.to_char(s.n_live_tup, 'FM999,999,999,999'),
                         coalesce(pg_catalog.to_char(greatest(s.last_analyze, s.last_autoanalyze), ' on YYYY-MM-DD'), '')) as detail,
       pg_catalog.format('analyze %I.%I;', n.nspname, c.relname) as fix
  from pg_catalog.pg_stat_user_tables s
  join pg_catalog.pg_class c on c.oid = s.relid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where s.n_mod_since_analyze > 5000 and s.n_mod_since_analyze > s.n_live_tup / 5
   and (s.last_analyze is not null or s.last_autoanalyze is not null) and n.nspname <> all (pg_catalog.string_to_array($1, ','))
 order by 1, 2
