-- A B-tree whose columns another one begins with; unique indexes and those of constraints keep a rule, so they stay.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, i.relname) as object,
       pg_catalog.format('index %I begins with the same columns; %s', o.relname,
                         pg_catalog.pg_size_pretty(pg_catalog.pg_relation_size(i.oid))) as detail,
       pg_catalog.format('drop index %s%I.%I;', case when i.relkind <> 'I' then 'concurrently ' end, n.nspname, i.relname) as fix,
       pg_catalog.pg_get_indexdef(i.oid) || ';' as undo
  from pg_catalog.pg_index x
  join pg_catalog.pg_class i on i.oid = x.indexrelid
  join pg_catalog.pg_am am on am.oid = i.relam and am.amname = 'btree'
  join pg_catalog.pg_class c on c.oid = x.indrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral (select s.relname
                       from pg_catalog.pg_index y join pg_catalog.pg_class s on s.oid = y.indexrelid
                      where y.indrelid = x.indrelid and y.indexrelid <> x.indexrelid and s.relam = i.relam
                        and y.indisvalid and y.indnkeyatts > x.indnkeyatts
                        and y.indkey::text like x.indkey::text || ' %' and y.indclass::text like x.indclass::text || ' %'
                        and y.indcollation::text like x.indcollation::text || ' %'
                        and y.indoption::text like x.indoption::text || ' %'
                        and y.indexprs is null and y.indpred is null
                      order by s.relname limit 1) o
 where n.nspname <> all (pg_catalog.string_to_array($1, ',')) and not x.indisunique and x.indisvalid and x.indexprs is null and x.indpred is null
   and x.indnatts = x.indnkeyatts and not i.relispartition
   and not exists (select from pg_catalog.pg_constraint k where k.conindid = x.indexrelid)
 order by 1, 3
