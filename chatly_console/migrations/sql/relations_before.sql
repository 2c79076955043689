-- The relations that are there before a migration, with the file that holds each: another file afterwards is a rewrite.
select coalesce(pg_catalog.jsonb_object_agg(c.oid::text, c.relfilenode::text), '{}') as files
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'm', 'v', 'f', 'S', 'i', 'I');
