-- Enums, domains, ranges and base types; composite types are relations.
select n.nspname as schema, pg_catalog.format('%I.%I', n.nspname, t.typname) as identity,
       pg_catalog.jsonb_build_object(
         'kind', t.typtype, 'owner', pg_catalog.pg_get_userbyid(t.typowner),
         'labels', (select pg_catalog.jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid),
         'base', case when t.typtype = 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) end, 'not null', t.typnotnull, 'default', t.typdefault,
         'collation', case when t.typcollation <> 0 and t.typtype = 'd' then t.typcollation::pg_catalog.regcollation::text end,
         'range', (select pg_catalog.jsonb_build_object('subtype', pg_catalog.format_type(r.rngsubtype, null), 'opclass', o.opcname, 'canonical', r.rngcanonical::text, 'diff', r.rngsubdiff::text)
                     from pg_catalog.pg_range r join pg_catalog.pg_opclass o on o.oid = r.rngsubopc where r.rngtypid = t.oid),
         'functions', case when t.typtype = 'b' then pg_catalog.jsonb_build_array(t.typinput::text, t.typoutput::text, t.typlen, t.typalign, t.typstorage) end,
         'acl', (select pg_catalog.jsonb_agg(x.g order by x.g) from (select case when a.grantee = t.typowner then 'owner' when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee) end || ':' || a.privilege_type || case when a.is_grantable then '*' else '' end as g from pg_catalog.aclexplode(coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner))) a) x)) as def
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
 where t.typtype in ('e', 'd', 'r', 'b') and not exists (select from pg_catalog.pg_type e where e.typarray = t.oid) and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e')
