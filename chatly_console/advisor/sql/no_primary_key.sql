select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       'the table has no primary key' as detail, '' as fix
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p') and not c.relispartition and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   and not exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisprimary)
 order by 1, 2
