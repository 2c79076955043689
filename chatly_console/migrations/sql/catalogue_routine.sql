select n.nspname as schema, pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) as identity,
       pg_catalog.jsonb_build_object(
         'kind', p.prokind, 'definition', case when p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) end,
         'aggregate', case when p.prokind = 'a' then (select pg_catalog.jsonb_build_object('state', g.aggtransfn::text, 'final', g.aggfinalfn::text, 'type', pg_catalog.format_type(g.aggtranstype, null),
            'initial', g.agginitval, 'sort', g.aggsortop::pg_catalog.regoperator::text, 'combine', g.aggcombinefn::text) from pg_catalog.pg_aggregate g where g.aggfnoid = p.oid) end,
         'owner', pg_catalog.pg_get_userbyid(p.proowner), 'acl', (select pg_catalog.jsonb_agg(x.g order by x.g) from (select case when a.grantee = p.proowner then 'owner' when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee) end || ':' || a.privilege_type || case when a.is_grantable then '*' else '' end as g from pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a) x)) as def
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
