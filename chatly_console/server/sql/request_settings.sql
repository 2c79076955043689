-- $1: the role to become. What ALTER ROLE ... SET keeps for it (as far as any role may set it), and the function that
-- PostgREST would call before each request. A setting for this database wins over one for all.
select coalesce((
         select pg_catalog.jsonb_object_agg(name, value order by for_database)
           from (select pg_catalog.split_part(c.line, '=', 1) as name,
                        pg_catalog.substr(c.line, pg_catalog.strpos(c.line, '=') + 1) as value,
                        s.setdatabase <> 0 as for_database
                   from pg_catalog.pg_db_role_setting s
                   join pg_catalog.pg_roles r on r.oid = s.setrole
                  cross join lateral pg_catalog.unnest(s.setconfig) as c(line)
                  where r.rolname = $1
                    and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d
                                               where d.datname = pg_catalog.current_database()))) per_role
          where pg_catalog.strpos(name, '.') > 0
             or exists (select from pg_catalog.pg_settings g
                         where pg_catalog.lower(g.name) = pg_catalog.lower(per_role.name) and g.context = 'user')),
         '{}'::jsonb) as settings,
       (select pg_catalog.to_regproc(pg_catalog.substr(c.line, pg_catalog.length('pgrst.db_pre_request=') + 1))::text
          from pg_catalog.pg_db_role_setting s
          left join pg_catalog.pg_roles r on r.oid = s.setrole
         cross join lateral pg_catalog.unnest(s.setconfig) as c(line)
         where c.line like 'pgrst.db\_pre\_request=%'
           and (s.setrole = 0 or r.rolname = 'authenticator')
           and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d
                                      where d.datname = pg_catalog.current_database()))
         order by s.setdatabase desc, s.setrole desc
         limit 1) as pre_request;
