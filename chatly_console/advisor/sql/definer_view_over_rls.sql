-- In any schema, not only in those that the API serves today.
select distinct n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('the API roles may read it, and it reads %I.%I as %I, past its policies', tn.nspname, t.relname,
                         pg_catalog.pg_get_userbyid(c.relowner)) as detail,
       pg_catalog.format('alter view %I.%I set (security_invoker = true);', n.nspname, c.relname) as fix
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_rewrite w on w.ev_class = c.oid
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
       and d.refclassid = 'pg_catalog.pg_class'::regclass
  join pg_catalog.pg_class t on t.oid = d.refobjid and t.oid <> c.oid and t.relrowsecurity
  join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
 where c.relkind = 'v' and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and pg_catalog.current_setting('server_version_num')::int >= 150000
   and exists (select from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
                  and pg_catalog.has_table_privilege(r.oid, c.oid, 'select'))
   and not coalesce(pg_catalog.lower(c.reloptions::text)::text[] && array['security_invoker=true', 'security_invoker=on',
                'security_invoker=1', 'security_invoker=yes'], false)
 order by 1, 2, 4
