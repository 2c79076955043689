select n.nspname as schema, pg_catalog.format('%I.%I', n.nspname, c.relname) as identity,
       pg_catalog.jsonb_build_object(
         'type', pg_catalog.format_type(s.seqtypid, null), 'start', s.seqstart, 'increment', s.seqincrement, 'maximum', s.seqmax, 'minimum', s.seqmin,
         'cache', s.seqcache, 'cycle', s.seqcycle, 'persistence', c.relpersistence, 'owner', pg_catalog.pg_get_userbyid(c.relowner),
         'owned by', (select pg_catalog.format('%s.%I', d.refobjid::pg_catalog.regclass, a.attname) from pg_catalog.pg_depend d
                        join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                       where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype in ('a', 'i') and d.refobjsubid > 0),
         'acl', (select pg_catalog.jsonb_agg(x.g order by x.g) from (select case when a.grantee = c.relowner then 'owner' when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee) end || ':' || a.privilege_type || case when a.is_grantable then '*' else '' end as g from pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('s', c.relowner))) a) x)) as def
  from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
