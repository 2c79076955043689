select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       'the materialised view is readable through the API, and no row policy can guard it' as detail,
       pg_catalog.format('revoke select on %I.%I from anon, authenticated;', n.nspname, c.relname) as fix
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'm' and n.nspname = any (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   and exists (select from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
                  and pg_catalog.has_table_privilege(r.oid, c.oid, 'select'))
 order by 1, 2
