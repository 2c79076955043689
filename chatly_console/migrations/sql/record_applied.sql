insert into supabase_migrations.schema_migrations (version, name, statements)
values ($1, $2, array(select e.value from pg_catalog.jsonb_array_elements_text($3::jsonb) with ordinality e (value, n) order by n))
