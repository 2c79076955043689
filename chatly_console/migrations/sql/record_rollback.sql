update supabase_migrations.schema_migrations
   set rollback = array(select e.value from pg_catalog.jsonb_array_elements_text($2::jsonb) with ordinality e (value, n) order by n)
 where version = $1
