-- pgvector here: its version and schema; no row where it is not installed.
select e.extversion as version, n.nspname as schema,
       (select a.default_version from pg_catalog.pg_available_extensions a where a.name = 'vector') as offered
  from pg_catalog.pg_extension e
  join pg_catalog.pg_namespace n on n.oid = e.extnamespace
 where e.extname = 'vector';
