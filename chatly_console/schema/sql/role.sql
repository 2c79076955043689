-- What a role has beyond its attributes and memberships, as statements: limits, settings, its comment, and how it holds the
-- roles that it is a member of (before version 16 there is only the admin option).
-- $1: its oid
select pg_catalog.jsonb_agg(f.statement order by f.rank, f.statement) as more, (labels) as labels from pg_catalog.pg_roles r cross join lateral (
  select 1 as rank, pg_catalog.format('alter role %I connection limit %s;', r.rolname, r.rolconnlimit) as statement where r.rolconnlimit >= 0
  union all
  select 2, pg_catalog.format('alter role %I valid until %L;', r.rolname, r.rolvaliduntil) where r.rolvaliduntil is not null
  union all
  select 3, pg_catalog.format('alter role %I%s set %s to %s;', r.rolname,
              (select pg_catalog.format(' in database %I', d.datname) from pg_catalog.pg_database d where d.oid = c.setdatabase),
              pg_catalog.split_part(v, '=', 1), case when pg_catalog.split_part(v, '=', 1) ~ '^(search_path|temp_tablespaces|.*_preload_libraries)$'
                   then coalesce(nullif(pg_catalog.substr(v, pg_catalog.strpos(v, '=') + 1), ''), '''''')
                   else pg_catalog.quote_literal(pg_catalog.substr(v, pg_catalog.strpos(v, '=') + 1)) end)
    from pg_catalog.pg_db_role_setting c, pg_catalog.unnest(c.setconfig) v where c.setrole = r.oid
  union all
  select distinct 4, pg_catalog.format('grant %I to %I with %s;', pg_catalog.pg_get_userbyid(m.roleid), r.rolname, o.words)
    from pg_catalog.pg_auth_members m
   cross join lateral (values (case when m.admin_option then 'admin option' end),
                              (case when pg_catalog.to_jsonb(m) ->> 'inherit_option' = 'false' and r.rolinherit then 'inherit false' end),
                              (case when pg_catalog.to_jsonb(m) ->> 'inherit_option' = 'true' and not r.rolinherit then 'inherit true' end),
                              (case when pg_catalog.to_jsonb(m) ->> 'set_option' = 'false' then 'set false' end)) o (words)
   where m.member = r.oid and o.words is not null
  union all
  select 5, pg_catalog.format('alter default privileges for role %I %s %s on %s %s %s%s;', r.rolname, g.verb,
              pg_catalog.string_agg(pg_catalog.lower(g.privilege), ', ' order by g.privilege),
              case a.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types'
                                   when 'n' then 'schemas' else 'large objects' end,
              case g.verb when 'grant' then 'to' else 'from' end,
              case when g.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end,
              case when g.is_grantable then ' with grant option' else '' end)
    from pg_catalog.pg_default_acl a
   cross join lateral (  -- those of all schemas stand in the place of what the server grants by itself
     select 'revoke' as verb, u.grantee, u.privilege_type as privilege, false as is_grantable
       from pg_catalog.aclexplode(pg_catalog.acldefault(case a.defaclobjtype when 'S' then 's'::"char" else a.defaclobjtype end, r.oid)) u
      where not exists (select from pg_catalog.aclexplode(a.defaclacl) x where x.grantee = u.grantee and x.privilege_type = u.privilege_type)
      union all
     select 'grant', x.grantee, x.privilege_type, x.is_grantable from pg_catalog.aclexplode(a.defaclacl) x
      where not exists (select from pg_catalog.aclexplode(pg_catalog.acldefault(case a.defaclobjtype when 'S' then 's'::"char" else a.defaclobjtype end, r.oid)) u
                         where x.grantee = u.grantee and x.privilege_type = u.privilege_type and x.is_grantable = u.is_grantable)) g
   where a.defaclrole = r.oid and a.defaclnamespace = 0
   group by a.defaclobjtype, g.verb, g.grantee, g.is_grantable
  union all
  select 6, pg_catalog.format('comment on role %I is %L;', r.rolname, pg_catalog.shobj_description(r.oid, 'pg_authid'))
   where pg_catalog.shobj_description(r.oid, 'pg_authid') is not null) f
 where r.oid = $1::pg_catalog.oid;
