-- The history table of another tool, where it is: as that tool finds it, by the search path, or in public.
select pg_catalog.format('%I.%I', n.nspname, c.relname) as name,
       (select pg_catalog.jsonb_agg(a.attname) from pg_catalog.pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.oid = coalesce(pg_catalog.to_regclass($1), pg_catalog.to_regclass('public.' || $1));
