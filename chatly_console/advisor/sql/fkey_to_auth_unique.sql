select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('foreign key %I refers to a unique constraint of auth that Supabase may change', k.conname) as detail,
       'refer to the primary key of that table instead' as fix
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_class o on o.oid = k.confrelid
  join pg_catalog.pg_index i on i.indexrelid = k.conindid
 where k.contype = 'f' and o.relnamespace in (select oid from pg_catalog.pg_namespace where nspname = 'auth')
   and i.indisunique and not i.indisprimary
 order by 1, 2, 4
