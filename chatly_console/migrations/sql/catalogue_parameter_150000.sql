-- Who may set which parameter of the server, where that was granted.
select '' as schema, p.parname as identity,
       pg_catalog.jsonb_build_object('acl', (select pg_catalog.jsonb_agg(x.g order by x.g) from (
         select case when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee) end || ':' || a.privilege_type
                || case when a.is_grantable then '*' else '' end as g
           from pg_catalog.aclexplode(p.paracl) a) x)) as def
  from pg_catalog.pg_parameter_acl p
