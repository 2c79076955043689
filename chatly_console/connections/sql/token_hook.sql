-- The custom access token hook, where it is a function of this database: one that takes the event and returns it with
-- other claims, which the auth server may call; and the role to call it as, where the login may become it.
select p.oid::pg_catalog.regproc::text as name,
       case when pg_catalog.pg_has_role(r.oid, 'MEMBER') then r.rolname end as asker
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_roles r on r.rolname = 'supabase_auth_admin'
 where p.proname ~ 'access_token_hook'
   and p.pronargs = 1 and p.proargtypes[0] = 'pg_catalog.jsonb'::pg_catalog.regtype
   and p.prorettype = 'pg_catalog.jsonb'::pg_catalog.regtype
   and n.nspname not in ('pg_catalog', 'information_schema')
   and pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
   and pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE')
 order by p.proname = 'custom_access_token_hook' desc, n.nspname <> 'public', p.oid
 limit 1
