-- indexes that failed to build, those that say the same as another, and those that nothing has read;
-- sizes are the catalogue's, since to ask for that of a file waits for whoever has locked the index
select n.nspname::text as schema, t.relname::text as "table", c.relname::text as name,
       i.indisvalid and i.indisready as valid, coalesce(s.idx_scan, 0) as scans,
       c.relpages::int8 * pg_catalog.current_setting('block_size')::int8 as bytes,
       exists (select from pg_catalog.pg_stat_progress_create_index p where p.index_relid = c.oid) as building,
       twin.name as twin
  from pg_catalog.pg_index i
  join pg_catalog.pg_class c on c.oid = i.indexrelid and c.relkind = 'i'
  join pg_catalog.pg_class t on t.oid = i.indrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_stat_user_indexes s on s.indexrelid = c.oid
  left join lateral (
    select x.indexrelid::pg_catalog.regclass::text as name
      from pg_catalog.pg_index x
      join pg_catalog.pg_class y on y.oid = x.indexrelid
     where x.indrelid = i.indrelid and x.indexrelid <> i.indexrelid and x.indnkeyatts = i.indnkeyatts
       and x.indkey::text = i.indkey::text and x.indclass::text = i.indclass::text
       and x.indcollation::text = i.indcollation::text and x.indoption::text = i.indoption::text
       and y.relam = c.relam and x.indisvalid and not i.indisunique and (x.indisunique or x.indexrelid < i.indexrelid)
       and x.indexprs::text is not distinct from i.indexprs::text
       and x.indpred::text is not distinct from i.indpred::text
       and not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid)
     limit 1) twin on true
 where n.nspname <> 'pg_catalog' and n.nspname !~ '^pg_toast'
   and (not (i.indisvalid and i.indisready) or twin.name is not null
        or (coalesce(s.idx_scan, 0) = 0 and not i.indisunique and not i.indisexclusion and not i.indisreplident
            and c.relpages::int8 * pg_catalog.current_setting('block_size')::int8 >= $1
            and not exists (select from pg_catalog.pg_constraint k where k.conindid = c.oid)))
 order by valid, bytes desc
 limit 200;
