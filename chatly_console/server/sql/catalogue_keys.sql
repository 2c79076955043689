-- Primary, unique and foreign keys: what completion and the foreign-key graph need of the constraints. Column numbers
-- are separated by blanks.
select k.oid, k.conname as name, k.contype::text as type, k.conrelid as relation,
       pg_catalog.array_to_string(k.conkey, ' ') as columns, k.confrelid as target,
       coalesce(pg_catalog.array_to_string(k.confkey, ' '), '') as target_columns,
       k.confdeltype::text as on_delete, k.confupdtype::text as on_update
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where k.contype in ('p', 'u', 'f') and k.conparentid = 0
   and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
 order by k.conrelid, k.contype desc, k.conname;
