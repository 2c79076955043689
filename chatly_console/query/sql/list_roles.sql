-- $1: a LIKE pattern
select r.rolname as name, r.rolcanlogin as login, r.rolsuper as superuser, r.rolbypassrls as bypasses_row_security,
       r.rolcreatedb as creates_databases, r.rolcreaterole as creates_roles,
       pg_catalog.array_to_string(array(select g.rolname from pg_catalog.pg_auth_members m
         join pg_catalog.pg_roles g on g.oid = m.roleid where m.member = r.oid order by 1), ', ') as member_of,
       pg_catalog.shobj_description(r.oid, 'pg_authid') as description
  from pg_catalog.pg_roles r
 where r.rolname like $1 and (r.rolname !~ '^pg_' or $1 <> '%')
 order by 1
