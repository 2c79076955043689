-- Tables, views, materialized views, foreign tables, composite types.
select n.nspname as schema, pg_catalog.format('%I.%I', n.nspname, c.relname) as identity,
       pg_catalog.jsonb_build_object(
         'kind', c.relkind, 'persistence', c.relpersistence, 'owner', pg_catalog.pg_get_userbyid(c.relowner), 'access method', am.amname,
         'options', (select pg_catalog.jsonb_agg(o order by o) from pg_catalog.unnest(c.reloptions) o),
         'toast options', (select pg_catalog.jsonb_agg(o order by o) from pg_catalog.pg_class t, pg_catalog.unnest(t.reloptions) o where t.oid = c.reltoastrelid),
         'row security', c.relrowsecurity, 'force row security', c.relforcerowsecurity, 'replica identity', c.relreplident,
         'partition key', pg_catalog.pg_get_partkeydef(c.oid), 'partition bound', pg_catalog.pg_get_expr(c.relpartbound, c.oid),
         'inherits', (select pg_catalog.jsonb_agg(pg_catalog.format('%I.%I', pn.nspname, pc.relname) order by h.inhseqno) from pg_catalog.pg_inherits h
                        join pg_catalog.pg_class pc on pc.oid = h.inhparent join pg_catalog.pg_namespace pn on pn.oid = pc.relnamespace where h.inhrelid = c.oid),
         'query', case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end,
         'populated', case when c.relkind = 'm' then c.relispopulated end,
         'acl', case when c.relkind <> 'c' then (select pg_catalog.jsonb_agg(x.g order by x.g) from (select case when a.grantee = c.relowner then 'owner' when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee) end || ':' || a.privilege_type || case when a.is_grantable then '*' else '' end as g from pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) a) x) end) as def
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace left join pg_catalog.pg_am am on am.oid = c.relam
 where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
