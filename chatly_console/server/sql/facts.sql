select pg_catalog.current_setting('server_version_num')::int as version_number,
       pg_catalog.current_setting('server_version') as version,
       pg_catalog.current_database()::text as database,
       session_user::text as "user",
       r.rolsuper as superuser,
       r.rolbypassrls or r.rolsuper as bypasses_rls,
       pg_catalog.pg_is_in_recovery() as standby,
       pg_catalog.current_setting('default_transaction_read_only')::bool as read_only,
       coalesce((select s.ssl from pg_catalog.pg_stat_ssl s where s.pid = pg_catalog.pg_backend_pid()), false) as tls,
       exists (select from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                where n.nspname = 'auth' and p.proname = 'uid' and p.pronargs = 0) as user_id_function
  from pg_catalog.pg_roles r
 where r.rolname = session_user;
