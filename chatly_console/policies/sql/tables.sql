-- What the catalogue that all panes share does not have of each table that rows can be read from: the columns that tell its
-- rows apart, its policies in full, what the API's roles may do, and how many rows the planner expects.
-- Expressions are deparsed with an empty search path, so that they mean the same under every other.
select c.oid::bigint as oid,
       c.reltuples::bigint as estimate,
       coalesce((select pg_catalog.jsonb_agg(a.attname order by k.place)
                   from (select i.indexrelid, i.indkey
                           from pg_catalog.pg_index i
                          where i.indrelid = c.oid and i.indisunique and i.indisvalid
                            and i.indpred is null and i.indexprs is null
                            and not exists (select from pg_catalog.unnest(i.indkey[0:i.indnkeyatts - 1]) u(attnum)
                                              join pg_catalog.pg_attribute a
                                                on a.attrelid = c.oid and a.attnum = u.attnum
                                             where not a.attnotnull)
                          order by i.indisprimary desc, i.indnkeyatts, i.indexrelid
                          limit 1) x
                  cross join lateral pg_catalog.unnest(x.indkey) with ordinality k(attnum, place)
                   join pg_catalog.pg_index i on i.indexrelid = x.indexrelid and k.place <= i.indnkeyatts
                   join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum), '[]') as key,
       coalesce((select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                          'name', p.polname,
                          'permissive', p.polpermissive,
                          'command', case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT'
                                                   when 'w' then 'UPDATE' when 'd' then 'DELETE' end,
                          'roles', (select pg_catalog.jsonb_agg(case when r.oid = 0 then 'public'
                                                                else pg_catalog.pg_get_userbyid(r.oid) end)
                                      from pg_catalog.unnest(p.polroles) r(oid)),
                          'using', case when pg_catalog.set_config('search_path', '', true) = ''
                                        then pg_catalog.pg_get_expr(p.polqual, p.polrelid) end,
                          'check', case when pg_catalog.set_config('search_path', '', true) = ''
                                        then pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) end,
                          'comment', coalesce(pg_catalog.obj_description(p.oid, 'pg_policy'), ''))
                        order by p.polname)
                   from pg_catalog.pg_policy p where p.polrelid = c.oid), '[]') as policies,
       coalesce((select pg_catalog.jsonb_object_agg(g.role, g.privileges)
                   from (select r.rolname as role, pg_catalog.jsonb_agg(v.name) as privileges
                           from pg_catalog.pg_roles r
                          cross join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'),
                                             ('REFERENCES'), ('TRIGGER')) v(name)
                          where r.rolname in ('anon', 'authenticated', 'service_role')
                            and pg_catalog.has_table_privilege(r.oid, c.oid, v.name)
                          group by r.rolname) g), '{}') as grants
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p')
   and n.nspname not in ('pg_catalog', 'information_schema')
   and n.nspname not like 'pg\_toast%' and n.nspname not like 'pg\_temp%';
