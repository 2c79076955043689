-- What belongs to the server and not to the database: roles, who is in them, and settings.
select '' as schema, r.rolname::text as identity,
       pg_catalog.jsonb_build_object('login', r.rolcanlogin, 'superuser', r.rolsuper, 'inherit', r.rolinherit, 'create role', r.rolcreaterole, 'create database', r.rolcreatedb,
         'bypass row security', r.rolbypassrls, 'replication', r.rolreplication, 'limit', r.rolconnlimit,
         'member of', (select pg_catalog.jsonb_agg(g.rolname order by g.rolname) from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.roleid where m.member = r.oid),
         'settings', (select pg_catalog.jsonb_agg(s order by s) from pg_catalog.unnest(r.rolconfig) s)) as def
  from pg_catalog.pg_roles r where r.rolname not like 'pg\_%'
union all
select '', 'settings of the database' || coalesce(' for ' || pg_catalog.pg_get_userbyid(nullif(s.setrole, 0)), ''), pg_catalog.jsonb_build_object('settings', (select pg_catalog.jsonb_agg(v order by v) from pg_catalog.unnest(s.setconfig) v))
  from pg_catalog.pg_db_role_setting s join pg_catalog.pg_database b on b.oid = s.setdatabase where b.datname = pg_catalog.current_database()
