-- Where pg_stat_statements is, quoted; no row where it is not installed.
select pg_catalog.quote_ident(n.nspname) as schema
  from pg_catalog.pg_extension e
  join pg_catalog.pg_namespace n on n.oid = e.extnamespace
 where e.extname = 'pg_stat_statements';
