select r.rolname from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated', 'service_role');
