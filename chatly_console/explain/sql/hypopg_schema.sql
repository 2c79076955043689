-- The schema of hypopg, quoted, where it is installed and this login may use it; no row where not.
select pg_catalog.quote_ident(n.nspname) as schema
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
 where e.extname = 'hypopg' and pg_catalog.has_schema_privilege(n.oid, 'usage')
