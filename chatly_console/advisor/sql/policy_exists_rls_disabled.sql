select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('row level security is off, so its policies do nothing: %s',
                         pg_catalog.string_agg(pg_catalog.quote_ident(p.polname), ', ' order by p.polname)) as detail,
       pg_catalog.format('alter table %I.%I enable row level security;', n.nspname, c.relname) as fix
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where not c.relrowsecurity and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
 group by n.nspname, c.relname
 order by 1, 2
