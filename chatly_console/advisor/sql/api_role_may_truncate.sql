-- TRUNCATE asks no policy.
select pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('%I may TRUNCATE it, which no policy stops', r.rolname) as detail,
       pg_catalog.format('revoke truncate on %I.%I from %I;', n.nspname, c.relname, r.rolname) as fix
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join pg_catalog.pg_roles r
 where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') and n.nspname not in ('auth', 'storage', 'vault')
   and r.rolname in ('anon', 'authenticated') and pg_catalog.has_table_privilege(r.oid, c.oid, 'truncate')
 order by 1, 2;
