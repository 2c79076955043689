-- TRUNCATE asks no policy.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('%s may TRUNCATE it, which no policy stops',
                         pg_catalog.string_agg(pg_catalog.quote_ident(r.rolname), ' and ' order by r.rolname)) as detail,
       pg_catalog.format('revoke truncate on %I.%I from %s;', n.nspname, c.relname,
                         pg_catalog.string_agg(pg_catalog.quote_ident(r.rolname), ', ' order by r.rolname)) as fix
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join pg_catalog.pg_roles r
 where c.relkind in ('r', 'p', 'f') and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   and r.rolname in ('anon', 'authenticated') and pg_catalog.has_table_privilege(r.oid, c.oid, 'truncate')
 group by n.nspname, c.relname
 order by 1, 2
