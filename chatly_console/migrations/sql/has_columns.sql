-- Which columns the history has: they differ by who made it, and when.
select coalesce(pg_catalog.jsonb_agg(a.attname order by a.attnum), '[]') as columns
  from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'supabase_migrations' and c.relname = 'schema_migrations' and a.attnum > 0 and not a.attisdropped;
