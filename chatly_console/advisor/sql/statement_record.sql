-- The schema of pg_stat_statements, where it is installed and loaded and this login may use it; no row where not.
select n.nspname as schema
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
 where e.extname = 'pg_stat_statements' and pg_catalog.has_schema_privilege(n.oid, 'usage')
   and pg_catalog.current_setting('pg_stat_statements.max', true) is not null
