-- What the login may become, and whether the impersonation login is there. Null: there is no such role.
select (select pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
          from pg_catalog.pg_roles r where r.rolname = 'anon') as anon,
       (select pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
          from pg_catalog.pg_roles r where r.rolname = 'authenticated') as authenticated,
       exists (select from pg_catalog.pg_roles r
                where r.rolname = 'chatly_imp' and r.rolcanlogin and not r.rolinherit) as impersonation_login;
