-- What there is here to try indexes with: the schema of hypopg where it is installed and this login may use it, whether the server
-- offers it, and whether temporary tables may be made.
select (select n.nspname
          from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
         where e.extname = 'hypopg' and pg_catalog.has_schema_privilege(n.oid, 'usage')) as schema,
       exists (select from pg_catalog.pg_available_extensions a where a.name = 'hypopg') as offered,
       pg_catalog.has_database_privilege(pg_catalog.current_database(), 'temporary') as may_copy,
       pg_catalog.pg_is_in_recovery() as standby
