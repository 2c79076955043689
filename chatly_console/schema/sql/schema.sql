-- One schema as statements: who owns it, its comment, who may use it, and what new objects in it grant by default.
-- $1: its oid
select pg_catalog.jsonb_agg(f.statement order by f.rank, f.statement) as more, (labels) as labels from pg_catalog.pg_namespace n cross join lateral (
  select 1 as rank, pg_catalog.format('create schema %I authorization %I;', n.nspname, pg_catalog.pg_get_userbyid(n.nspowner)) as statement
  union all
  select 2, pg_catalog.format('comment on schema %I is %L;', n.nspname, pg_catalog.obj_description(n.oid, 'pg_namespace'))
   where pg_catalog.obj_description(n.oid, 'pg_namespace') is not null
  union all
  select 3, pg_catalog.format('revoke %s on schema %I from %I;', pg_catalog.string_agg(pg_catalog.lower(p), ', ' order by p), n.nspname, pg_catalog.pg_get_userbyid(n.nspowner))
    from (values ('CREATE'), ('USAGE')) v (p)
   where n.nspacl is not null and not exists (select from pg_catalog.aclexplode(n.nspacl) g where g.grantee = n.nspowner and g.privilege_type = p)
  having pg_catalog.count(*) > 0
  union all
  select 4, pg_catalog.format('grant %s on schema %I to %s%s;', pg_catalog.string_agg(pg_catalog.lower(g.privilege_type), ', ' order by g.privilege_type),
              n.nspname, case when g.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end,
              case when g.is_grantable then ' with grant option' else '' end)
    from pg_catalog.aclexplode(n.nspacl) g where g.grantee <> n.nspowner group by g.grantee, g.is_grantable
  union all
  select 5, pg_catalog.format('alter default privileges for role %I in schema %I grant %s on %s to %s%s;', pg_catalog.pg_get_userbyid(a.defaclrole), n.nspname,
              pg_catalog.string_agg(pg_catalog.lower(g.privilege_type), ', ' order by g.privilege_type),
              case a.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end,
              case when g.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end,
              case when g.is_grantable then ' with grant option' else '' end)
    from pg_catalog.pg_default_acl a, pg_catalog.aclexplode(a.defaclacl) g
   where a.defaclnamespace = n.oid group by a.defaclrole, a.defaclobjtype, g.grantee, g.is_grantable) f
 where n.oid = $1::pg_catalog.oid;
