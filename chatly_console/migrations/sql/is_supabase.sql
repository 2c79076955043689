select exists (select from pg_catalog.pg_roles where rolname = 'supabase_admin') as supabase,
       (select r.rolcreatedb or r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) as may_create;
