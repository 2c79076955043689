-- Restrictive policies only take away; without a permissive one there is nothing to take from.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('all its policies are restrictive, so nobody sees a row: %s',
                         pg_catalog.string_agg(pg_catalog.quote_ident(p.polname), ', ' order by p.polname)) as detail,
       '' as fix
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relrowsecurity and n.nspname <> all (pg_catalog.string_to_array($1, ','))
 group by n.nspname, c.relname
having not pg_catalog.bool_or(p.polpermissive)
 order by 1, 2
