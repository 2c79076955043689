-- $1: a login, or null for that of this connection. Whether it may be trusted as a boundary: what it is, which roles it
-- may become, and what it may do by itself (rights of PUBLIC aside, which everybody has).
select r.rolsuper as superuser,
       r.rolbypassrls as bypasses_rls,
       r.rolinherit as inherits,
       r.rolcreaterole as creates_roles,
       coalesce((select pg_catalog.jsonb_agg(m.rolname order by m.rolname)
                   from pg_catalog.pg_roles m
                  where m.oid <> r.oid and pg_catalog.pg_has_role(r.oid, m.oid, 'MEMBER')), '[]'::jsonb) as may_become,
       exists (select from pg_catalog.pg_class c where c.relowner = r.oid)
       or exists (select from pg_catalog.pg_class c
                   cross join lateral pg_catalog.aclexplode(c.relacl) a where a.grantee = r.oid)
       or exists (select from pg_catalog.pg_proc p
                   cross join lateral pg_catalog.aclexplode(p.proacl) a where a.grantee = r.oid)
       or exists (select from pg_catalog.pg_namespace n
                   cross join lateral pg_catalog.aclexplode(n.nspacl) a where a.grantee = r.oid) as has_rights
  from pg_catalog.pg_roles r
 where r.rolname = coalesce($1::text, session_user);
