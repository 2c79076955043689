select coalesce(n.nspname, '') as schema,
       pg_catalog.format('of %s%s for %s', pg_catalog.pg_get_userbyid(a.defaclrole), coalesce(' in ' || n.nspname, ''),
         case a.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas' else a.defaclobjtype::text end) as identity,
       pg_catalog.jsonb_build_object('acl', (select pg_catalog.jsonb_agg(x.g order by x.g) from (select case when e.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(e.grantee) end || ':' || e.privilege_type
         || case when e.is_grantable then '*' else '' end as g from pg_catalog.aclexplode(a.defaclacl) e) x)) as def
  from pg_catalog.pg_default_acl a left join pg_catalog.pg_namespace n on n.oid = a.defaclnamespace
