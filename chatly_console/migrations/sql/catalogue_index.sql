select n.nspname as schema, pg_catalog.format('%I.%I', n.nspname, i.relname) as identity,
       pg_catalog.jsonb_build_object(
         'definition', pg_catalog.pg_get_indexdef(x.indexrelid), 'valid', x.indisvalid, 'ready', x.indisready, 'clustered', x.indisclustered,
         'replica identity', x.indisreplident, 'partition of', (select h.inhparent::pg_catalog.regclass::text from pg_catalog.pg_inherits h where h.inhrelid = x.indexrelid)) as def
  from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid join pg_catalog.pg_namespace n on n.oid = i.relnamespace
 where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = x.indrelid and d.deptype = 'e')
