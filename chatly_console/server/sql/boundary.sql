-- Whether the login of this connection may be trusted as a boundary: what it is, and which roles it may become.
select r.rolsuper as superuser,
       r.rolbypassrls as bypasses_rls,
       r.rolinherit as inherits,
       r.rolcreaterole as creates_roles,
       coalesce((select pg_catalog.jsonb_agg(m.rolname order by m.rolname)
                   from pg_catalog.pg_roles m
                  where m.oid <> r.oid and pg_catalog.pg_has_role(r.oid, m.oid, 'MEMBER')), '[]'::jsonb) as may_become
  from pg_catalog.pg_roles r
 where r.rolname = session_user;
