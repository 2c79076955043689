-- REFERENCES tells by a foreign key whether a value exists, whatever the policies say; TRIGGER runs code in others' writes.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('%s has %s, which no policy stops', r.rolname, held.words) as detail,
       pg_catalog.format('revoke %s on %I.%I from %I;', held.words, n.nspname, c.relname, r.rolname) as fix
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join pg_catalog.pg_roles r
 cross join lateral (select pg_catalog.string_agg(p, ', ' order by p) as words
                       from pg_catalog.unnest(array['references', 'trigger']) as p
                      where pg_catalog.has_table_privilege(r.oid, c.oid, p)) held
 where c.relkind in ('r', 'p') and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   and r.rolname in ('anon', 'authenticated') and held.words is not null
 order by 1, 2, 4
