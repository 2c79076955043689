-- One database of the server: its size where whoever asks may connect to it, its locale and limits. What only newer servers
-- know of it (who provides its locale) is asked by name.
-- $1: its oid
with self as materialized (select d.*, pg_catalog.to_jsonb(d) as newer from pg_catalog.pg_database d where d.oid = $1::pg_catalog.oid)
select pg_catalog.jsonb_build_array(
         pg_catalog.jsonb_build_array('size', case when pg_catalog.has_database_privilege(d.oid, 'connect')
                                                   then pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.oid))
                                                   else 'not to be read: missing is grant connect on the database' end),
         pg_catalog.jsonb_build_array('encoding', pg_catalog.pg_encoding_to_char(d.encoding)),
         pg_catalog.jsonb_build_array('collation', d.datcollate), pg_catalog.jsonb_build_array('character types', d.datctype),
         pg_catalog.jsonb_build_array('locale provider', case d.newer ->> 'datlocprovider' when 'i' then 'ICU' when 'b' then 'built in' when 'c' then 'C library' end),
         pg_catalog.jsonb_build_array('locale', coalesce(d.newer ->> 'datlocale', d.newer ->> 'daticulocale')),
         pg_catalog.jsonb_build_array('is a template', case when d.datistemplate then 'yes' end),
         pg_catalog.jsonb_build_array('takes connections', case when not d.datallowconn then 'no' end),
         pg_catalog.jsonb_build_array('connections at most', case when d.datconnlimit >= 0 then d.datconnlimit::text end),
         pg_catalog.jsonb_build_array('connected now', (select s.numbackends::text from pg_catalog.pg_stat_database s where s.datid = d.oid)),
         pg_catalog.jsonb_build_array('age of its oldest transaction', pg_catalog.age(d.datfrozenxid)::text)) as facts,
       pg_catalog.concat(pg_catalog.format(E'create database %I\n  with owner %I encoding %L lc_collate %L lc_ctype %L template template0', d.datname,
         pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype),
         case d.newer ->> 'datlocprovider' when 'c' then E'\n  locale_provider libc'
           when 'i' then pg_catalog.concat(pg_catalog.format(E'\n  locale_provider icu icu_locale %L', coalesce(d.newer ->> 'datlocale', d.newer ->> 'daticulocale')),
                                           ' icu_rules ' || pg_catalog.quote_literal(d.newer ->> 'daticurules'))
           when 'b' then pg_catalog.format(E'\n  locale_provider builtin builtin_locale %L', d.newer ->> 'datlocale') end,
         case when d.datconnlimit >= 0 then pg_catalog.format(E'\n  connection limit %s', d.datconnlimit) end,
         case when d.datistemplate then E'\n  is_template true' end, case when not d.datallowconn then E'\n  allow_connections false' end,
         (select pg_catalog.format(E'\n  tablespace %I', ts.spcname) from pg_catalog.pg_tablespace ts
           where ts.oid = d.dattablespace and ts.spcname <> 'pg_default'), ';',
         (select pg_catalog.string_agg(pg_catalog.format(E'\n\nalter %s set %s to %s;',
                   case when c.setrole = 0 then pg_catalog.format('database %I', d.datname)
                        else pg_catalog.format('role %I in database %I', pg_catalog.pg_get_userbyid(c.setrole), d.datname) end,
                   pg_catalog.split_part(v, '=', 1),
                   case when pg_catalog.split_part(v, '=', 1) ~ '^(search_path|temp_tablespaces|.*_preload_libraries)$'
                   then coalesce(nullif(pg_catalog.substr(v, pg_catalog.strpos(v, '=') + 1), ''), '''''')
                   else pg_catalog.quote_literal(pg_catalog.substr(v, pg_catalog.strpos(v, '=') + 1)) end), '')
            from pg_catalog.pg_db_role_setting c, pg_catalog.unnest(c.setconfig) v where c.setdatabase = d.oid),
         (select pg_catalog.string_agg(f.statement, '' order by f.rank, f.statement) from (  -- what its rights differ in from those that a new one has
            select 1 as rank, pg_catalog.format(E'\n\nrevoke %s on database %I from %s;', pg_catalog.string_agg(pg_catalog.lower(u.privilege_type), ', ' order by u.privilege_type),
                     d.datname, case when u.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(u.grantee)) end) as statement
              from pg_catalog.aclexplode(pg_catalog.acldefault('d', d.datdba)) u
             where d.datacl is not null and not exists (
               select from pg_catalog.aclexplode(d.datacl) x where x.grantee = u.grantee and x.privilege_type = u.privilege_type)
             group by u.grantee
            union all
            select 2, pg_catalog.format(E'\n\ngrant %s on database %I to %s%s;', pg_catalog.string_agg(pg_catalog.lower(x.privilege_type), ', ' order by x.privilege_type),
                     d.datname, case when x.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end,
                     case when x.is_grantable then ' with grant option' else '' end)
              from pg_catalog.aclexplode(d.datacl) x where x.grantee <> d.datdba group by x.grantee, x.is_grantable) f)) as definition,
       (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(coalesce(pg_catalog.pg_get_userbyid(nullif(c.setrole, 0)), 'everybody'), v, ''))
          from pg_catalog.pg_db_role_setting c, pg_catalog.unnest(c.setconfig) v where c.setdatabase = d.oid) as listed,
       (labels) as labels
  from self d;
