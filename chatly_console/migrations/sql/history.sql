-- The columns differ by who made the table: read the row as it is.
select pg_catalog.to_jsonb(m) as entry from supabase_migrations.schema_migrations m order by m.version collate "C";
