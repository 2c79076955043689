-- The build of an index ($3, empty for none) of a table ($1 schema, $2 name), the table's rows, and the versions.
select pg_catalog.pg_relation_filenode(ic.oid)::text as build, greatest(c.reltuples, 0)::bigint as rows,
       pg_catalog.current_setting('server_version') as server,
       (select e.extversion from pg_catalog.pg_extension e where e.extname = 'vector') as extension
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_class ic on ic.relname = $3 and ic.relnamespace = c.relnamespace
 where n.nspname = $1 and c.relname = $2;
