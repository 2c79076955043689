-- $1, $2: LIKE patterns for schema and name
select n.nspname as schema, c.relname as name, pg_catalog.pg_get_viewdef(c.oid, true) as definition
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relname like $2 and ($1 = '' or n.nspname like $1) and c.relkind in ('v', 'm')
 order by n.nspname ~ '^(pg_|information_schema$)', 1, 2
 limit 50
