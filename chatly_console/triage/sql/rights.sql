-- what the login may see and do here
select session_user::text as login, r.rolsuper as superuser,
       pg_catalog.pg_has_role(session_user, 'pg_read_all_stats', 'usage') as reads_all_stats,
       (select e.extversion from pg_catalog.pg_extension e
         where e.extname = 'pg_stat_statements') as statements_version,
       (select n.nspname::text from pg_catalog.pg_extension e
          join pg_catalog.pg_namespace n on n.oid = e.extnamespace
         where e.extname = 'pg_stat_statements') as statements_schema,
       exists (select from pg_catalog.pg_available_extensions x
                where x.name = 'pg_stat_statements') as statements_available,
       pg_catalog.has_function_privilege('pg_catalog.pg_ls_tmpdir()', 'execute') as lists_temp_files,
       pg_catalog.has_function_privilege('pg_catalog.pg_ls_dir(text, boolean, boolean)', 'execute')
         and pg_catalog.has_function_privilege('pg_catalog.pg_stat_file(text, boolean)', 'execute')
         as lists_shared_temp_files,
       pg_catalog.pg_has_role(session_user, 'pg_read_all_settings', 'usage') as reads_settings
  from pg_catalog.pg_roles r
 where r.rolname = session_user;
