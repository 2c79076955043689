-- UPDATE and DELETE with a WHERE, and RETURNING, also need a SELECT policy: without one they change nothing, silently.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       'it has policies for writing and none for SELECT: UPDATE and DELETE with WHERE find no row' as detail, '' as fix
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relrowsecurity and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid and p.polcmd in ('a', 'w', 'd'))
   and not exists (select from pg_catalog.pg_policy p
                    where p.polrelid = c.oid and p.polcmd in ('r', '*') and p.polpermissive)
 order by 1, 2
