-- A policy for writing that is true for every row; SELECT USING (true) is a choice that the linter leaves alone.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('policy %I lets %s %s any row', p.polname, who.names,
                         case p.polcmd when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE'
                                       else 'read and write' end) as detail,
       'name the rows that this is meant for' as fix
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral (select coalesce(pg_catalog.string_agg(r.rolname, ', ' order by r.rolname), 'everybody') as names
                       from pg_catalog.pg_roles r where r.oid = any (p.polroles)) who
 cross join lateral (select pg_catalog.btrim(pg_catalog.lower(pg_catalog.pg_get_expr(p.polqual, p.polrelid)), '() ')
                            in ('true', '1 = 1') as always_seen,
                            pg_catalog.btrim(pg_catalog.lower(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)), '() ')
                            in ('true', '1 = 1') as always_written) e
 where c.relkind in ('r', 'p') and c.relrowsecurity and p.polpermissive and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and (p.polroles = array[0::oid] or exists (select from pg_catalog.pg_roles r
         where r.oid = any (p.polroles) and r.rolname in ('anon', 'authenticated')))
   and (p.polcmd in ('w', 'd', '*') and coalesce(e.always_seen, true)
        or e.always_written
        or p.polcmd = 'a' and p.polwithcheck is null
        or p.polcmd in ('w', '*') and p.polwithcheck is null and coalesce(e.always_seen, false))
 order by 1, 2, 4
