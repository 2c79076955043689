-- One routine: its definition as SQL (an aggregate has none that the server writes), and who may execute it.
-- $1: its oid
with path as materialized (select pg_catalog.set_config('search_path', '', true))
select case when p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) else '' end as definition,
       l.lanname as language, p.prosrc as source,
       (select pg_catalog.jsonb_agg(f order by f.grantee, f.privilege) from (
          select case when g.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(g.grantee) end as grantee,
                 pg_catalog.pg_get_userbyid(g.grantor) as grantor, g.privilege_type as privilege, g.is_grantable,
                 '' as column
            from pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) g) f) as grants
  from path, pg_catalog.pg_proc p
  join pg_catalog.pg_language l on l.oid = p.prolang
 where p.oid = $1::pg_catalog.oid;
