-- $1: a LIKE pattern
select e.extname as name, e.extversion as version, n.nspname as schema,
       pg_catalog.obj_description(e.oid, 'pg_extension') as description
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
 where e.extname like $1
 order by 1
