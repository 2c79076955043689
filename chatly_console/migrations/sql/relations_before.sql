-- The relations that are there before a migration, each with its file (another one afterwards is a rewrite) and the rows
-- that this session has read in whole scans of it and not yet reported.
select coalesce(pg_catalog.jsonb_object_agg(c.oid::text, pg_catalog.jsonb_build_object(
         'file', c.relfilenode::text, 'scanned', coalesce(pg_catalog.pg_stat_get_xact_tuples_returned(c.oid), 0))), '{}') as relations
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'm', 'v', 'f', 'S', 'i', 'I');
