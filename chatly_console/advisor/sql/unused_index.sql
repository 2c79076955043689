select s.schemaname as schema, s.relname as relation, pg_catalog.format('%I.%I', s.schemaname, s.indexrelname) as object,
       pg_catalog.format('never scanned since the statistics began%s; %s',
                         coalesce(' on ' || pg_catalog.to_char(began.at, 'YYYY-MM-DD'), ''),
                         pg_catalog.pg_size_pretty(pg_catalog.pg_relation_size(s.indexrelid)))
       || coalesce('; but ' || used.by, '') as detail,
       case when used.by is null then pg_catalog.format('drop index concurrently %I.%I;', s.schemaname, s.indexrelname)
            else '' end as fix,
       case when used.by is null then pg_catalog.pg_get_indexdef(s.indexrelid) || ';' else '' end as undo
  from pg_catalog.pg_stat_user_indexes s
  join pg_catalog.pg_index x on x.indexrelid = s.indexrelid
  left join lateral (select pg_catalog.quote_ident(p.relname) || ' of the whole table consists of it and others' as by
                       from pg_catalog.pg_inherits h join pg_catalog.pg_class p on p.oid = h.inhparent
                      where h.inhrelid = s.indexrelid
                      union all
                     select pg_catalog.quote_ident(k.conname) || ' is served by it'
                       from pg_catalog.pg_constraint k
                      where k.conrelid = s.relid
                        and (k.conindid = s.indexrelid
                             or k.contype = 'f'
                                and (pg_catalog.string_to_array(x.indkey::text, ' ')::smallint[])
                                    [1:pg_catalog.cardinality(k.conkey)] = k.conkey)
                      order by 1 limit 1) used on true
 cross join (select stats_reset as at from pg_catalog.pg_stat_database
              where datname = pg_catalog.current_database()) began
 where s.idx_scan = 0 and not x.indisunique and not x.indisprimary
   and s.schemaname <> all (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = s.relid and d.deptype = 'e')
 order by 1, 3
