select pg_catalog.format('%I.%I', n.nspname, i.relname) as object,
       'the index is invalid: a concurrent build failed, and writes still keep it' as detail,
       pg_catalog.format('drop index concurrently %I.%I;', n.nspname, i.relname) as fix
  from pg_catalog.pg_index x
  join pg_catalog.pg_class i on i.oid = x.indexrelid
  join pg_catalog.pg_namespace n on n.oid = i.relnamespace
 where not x.indisvalid and i.relkind = 'i' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_'
 order by 1;
