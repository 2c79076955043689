-- A view that the API serves and that reads auth.users with other rights than its reader's, or without policies.
select distinct n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       'it shows rows of auth.users to the API roles' as detail,
       pg_catalog.format('revoke select on %I.%I from anon, authenticated;', n.nspname, c.relname) as fix
  from pg_catalog.pg_class users
  join pg_catalog.pg_namespace auth on auth.oid = users.relnamespace and auth.nspname = 'auth'
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = users.oid
       and d.classid = 'pg_catalog.pg_rewrite'::regclass and d.deptype = 'n'
  join pg_catalog.pg_rewrite w on w.oid = d.objid
  join pg_catalog.pg_class c on c.oid = w.ev_class
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where users.relname = 'users' and n.nspname = any (pg_catalog.string_to_array($1, ','))
   and exists (select from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
                  and pg_catalog.has_table_privilege(r.oid, c.oid, 'select'))
   and (c.relkind = 'm' or c.relkind = 'v' and (not users.relrowsecurity or not
        coalesce(pg_catalog.lower(c.reloptions::text)::text[] && array['security_invoker=true', 'security_invoker=on',
                'security_invoker=1', 'security_invoker=yes'], false)))
 order by 1, 2
