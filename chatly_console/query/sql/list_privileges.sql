-- $1, $2: LIKE patterns for schema and name, empty schema for all but the system's
select n.nspname as schema, c.relname as name, pg_catalog.array_to_string(c.relacl, E'\n') as privileges,
       c.relrowsecurity as row_security,
       pg_catalog.array_to_string(array(select p.polname from pg_catalog.pg_policy p where p.polrelid = c.oid
         order by 1), ', ') as policies
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and c.relname like $2
   and case when $1 = '' then n.nspname !~ '^(pg_|information_schema$)' else n.nspname like $1 end
 order by 1, 2
