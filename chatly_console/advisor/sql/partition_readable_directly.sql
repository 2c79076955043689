-- Policies of a partitioned or inherited table guard only who asks through it: a child has policies of its own, or none.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('the API roles may read it past the policies of %I.%I', up.nspname, parent.relname) as detail,
       pg_catalog.format('alter table %I.%I enable row level security;', n.nspname, c.relname) as fix
  from pg_catalog.pg_inherits h
  join pg_catalog.pg_class c on c.oid = h.inhrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_class parent on parent.oid = h.inhparent
  join pg_catalog.pg_namespace up on up.oid = parent.relnamespace
 where c.relkind in ('r', 'p') and parent.relrowsecurity and not c.relrowsecurity and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and exists (select from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
                  and pg_catalog.has_table_privilege(r.oid, c.oid, 'select'))
 order by 1, 2
