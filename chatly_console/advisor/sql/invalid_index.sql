select n.nspname as schema, t.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       'the index is invalid: a concurrent build failed, and writes still keep it' as detail,
       pg_catalog.format('drop index concurrently %I.%I;', n.nspname, c.relname) as fix,
       pg_catalog.pg_get_indexdef(c.oid) || ';' as undo
  from pg_catalog.pg_index x
  join pg_catalog.pg_class c on c.oid = x.indexrelid
  join pg_catalog.pg_class t on t.oid = x.indrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where not x.indisvalid and c.relkind = 'i' and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_stat_progress_create_index b where b.index_relid = c.oid)
 order by 1, 3
