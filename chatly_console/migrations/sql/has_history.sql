select exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'supabase_migrations' and c.relname = 'schema_migrations') as known;
