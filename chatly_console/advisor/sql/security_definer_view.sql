select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       'the view runs with its owner''s rights, so policies of its tables do not apply to who reads it' as detail,
       pg_catalog.format('alter view %I.%I set (security_invoker = true);', n.nspname, c.relname) as fix
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'v' and n.nspname = any (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   and pg_catalog.current_setting('server_version_num')::int >= 150000
   and exists (select from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
                  and pg_catalog.has_table_privilege(r.oid, c.oid, 'select'))
   and not coalesce(pg_catalog.lower(c.reloptions::text)::text[] && array['security_invoker=true', 'security_invoker=on',
                'security_invoker=1', 'security_invoker=yes'], false)
 order by 1, 2
