-- A foreign key whose columns no index begins with, in their order: a delete of the other side reads the table whole.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('foreign key %I (%s) has no covering index', k.conname, cols.names) as detail,
       pg_catalog.format('create index %s%I on %I.%I (%s);', case when c.relkind <> 'p' then 'concurrently ' end,
                         pg_catalog.left(c.relname || '_' || cols.plain, 59) || '_idx', n.nspname, c.relname,
                         cols.names) as fix
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral (select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by u.place) as names,
                            pg_catalog.string_agg(a.attname, '_' order by u.place) as plain
                       from pg_catalog.unnest(k.conkey) with ordinality as u(attnum, place)
                       join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum) cols
 where k.contype = 'f' and k.conparentid = 0 and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   and not exists (select from pg_catalog.pg_index i
                    where i.indrelid = k.conrelid and i.indisvalid
                      and (pg_catalog.string_to_array(i.indkey::text, ' ')::smallint[])
                          [1:pg_catalog.cardinality(k.conkey)] = k.conkey)
 order by 1, 2, 4
