-- The schemas that the API serves, as PostgREST is told (by a setting of its login role, or of the session).
select coalesce(pg_catalog.current_setting('pgrst.db_schemas', true),
                (select pg_catalog.substr(setting, pg_catalog.length('pgrst.db_schemas=') + 1)
                   from pg_catalog.pg_db_role_setting s
                   join pg_catalog.pg_roles r on r.oid = s.setrole and r.rolname = 'authenticator'
                  cross join pg_catalog.unnest(s.setconfig) as setting
                  where setting like 'pgrst.db\_schemas=%' limit 1),
                'public, graphql_public') as served;
