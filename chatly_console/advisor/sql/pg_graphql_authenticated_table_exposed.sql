select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       'the GraphQL schema shows it to authenticated, who may read it' as detail,
       pg_catalog.format('revoke select on %I.%I from authenticated;', n.nspname, c.relname) as fix
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'v', 'm', 'f') and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and exists (select from pg_catalog.pg_extension where extname = 'pg_graphql')
   and exists (select from pg_catalog.pg_roles r where r.rolname = 'authenticated'
                  and pg_catalog.has_any_column_privilege(r.oid, c.oid, 'select'))
 order by 1, 2
