-- $1, $2: LIKE patterns for schema and name
select pg_catalog.pg_get_functiondef(p.oid) as definition
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where p.proname like $2 and ($1 = '' or n.nspname like $1) and p.prokind in ('f', 'p')
 order by n.nspname ~ '^(pg_|information_schema$)', n.nspname, p.oid
 limit 50
