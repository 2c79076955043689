-- $1: a LIKE pattern
select n.nspname as name, pg_catalog.pg_get_userbyid(n.nspowner) as owner,
       pg_catalog.array_to_string(n.nspacl, E'\n') as privileges,
       pg_catalog.obj_description(n.oid, 'pg_namespace') as description
  from pg_catalog.pg_namespace n
 where n.nspname like $1 and (n.nspname !~ '^(pg_|information_schema$)' or $1 <> '%')
 order by 1
