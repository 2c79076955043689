-- Types that pg_upgrade refuses in a stored column.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('column %I is of type %s, which pg_upgrade refuses', a.attname, t.typname) as detail,
       'store the name as text instead' as fix
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_type t on t.oid = a.atttypid
 where t.typnamespace = 'pg_catalog'::regnamespace and not a.attisdropped and a.attnum > 0
   and t.typname in ('regcollation', 'regconfig', 'regdictionary', 'regnamespace', 'regoper', 'regoperator', 'regproc',
                     'regprocedure')
   and n.nspname <> all (pg_catalog.string_to_array($1, ','))
 order by 1, 2, 4
