-- A table that the API reaches and no policy guards.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       'row level security is off, and the API roles may read it' as detail,
       pg_catalog.format('alter table %I.%I enable row level security;', n.nspname, c.relname) as fix
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p') and not c.relrowsecurity and n.nspname = any (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   and exists (select from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
                  and pg_catalog.has_table_privilege(r.oid, c.oid, 'select'))
 order by 1, 2
