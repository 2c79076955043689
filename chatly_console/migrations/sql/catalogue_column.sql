-- Of a column's options PostgreSQL knows n_distinct and n_distinct_inherited; what a server adds by itself is no schema.
select n.nspname as schema, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, a.attname) as identity,
       pg_catalog.jsonb_build_object(
         'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'position', pg_catalog.row_number() over (partition by a.attrelid order by a.attnum),
         'not null', a.attnotnull, 'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid), 'identity', a.attidentity, 'generated', a.attgenerated,
         'collation', case when a.attcollation <> t.typcollation then a.attcollation::pg_catalog.regcollation::text end,
         'storage', case when a.attstorage <> t.typstorage then a.attstorage end, 'compression', nullif(a.attcompression, ''),
         'statistics', nullif(a.attstattarget, -1), 'options', (select pg_catalog.jsonb_agg(o order by o) from pg_catalog.unnest(a.attoptions) o where o like 'n\_distinct%'), 'foreign options', pg_catalog.to_jsonb(a.attfdwoptions),
         'acl', case when a.attacl is not null then (select pg_catalog.jsonb_agg(x.g order by x.g) from (select case when a.grantee = c.relowner then 'owner' when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee) end || ':' || a.privilege_type || case when a.is_grantable then '*' else '' end as g from pg_catalog.aclexplode(coalesce(a.attacl, pg_catalog.acldefault('c', c.relowner))) a) x) end) as def
  from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_type t on t.oid = a.atttypid left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
