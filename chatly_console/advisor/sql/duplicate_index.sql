select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('these indexes are alike: %s',
                         pg_catalog.string_agg(pg_catalog.quote_ident(i.relname), ', ' order by i.relname)) as detail,
       case when spare.name is null then ''
            else pg_catalog.format('drop index %s%I.%I;', spare.how, n.nspname, spare.name) end as fix,
       coalesce(pg_catalog.pg_get_indexdef(spare.oid) || ';', '') as undo
  from (select x.indrelid, pg_catalog.replace(pg_catalog.pg_get_indexdef(x.indexrelid), pg_catalog.quote_ident(i.relname), '')
               as definition, pg_catalog.array_agg(x.indexrelid) as indexes
          from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
         group by 1, 2 having pg_catalog.count(*) > 1) alike
  join pg_catalog.pg_class c on c.oid = alike.indrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_class i on i.oid = any (alike.indexes)
  left join lateral (select s.relname as name, s.oid, case when s.relkind <> 'I' then 'concurrently ' end as how
                       from pg_catalog.pg_class s
                      where s.oid = any (alike.indexes) and not s.relispartition
                        and not exists (select from pg_catalog.pg_constraint k where k.conindid = s.oid)
                      order by s.relname desc limit 1) spare on true
 where c.relkind in ('r', 'p', 'm') and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
 group by n.nspname, c.relname, alike.definition, spare.name, spare.oid, spare.how
 order by 1, 2, 4
