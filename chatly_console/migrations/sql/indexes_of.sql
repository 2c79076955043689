-- The indexes of a table (all of them where none is named, those of large values' own tables too, which REINDEX
-- CONCURRENTLY builds anew as well), and whether each is whole.
select i.relname as name, n.nspname as schema, x.indisvalid as valid,
       exists (select from pg_catalog.pg_stat_progress_create_index p where p.index_relid = x.indexrelid) as building
  from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
  join pg_catalog.pg_namespace n on n.oid = i.relnamespace
 where (n.nspname not like 'pg\_%' or n.nspname = 'pg_toast') and ($1 = '' or x.indrelid = pg_catalog.to_regclass($1));
