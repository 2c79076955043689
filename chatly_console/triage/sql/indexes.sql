-- indexes that failed to build, and those that nothing has read though they cost every write
select n.nspname::text as schema, t.relname::text as "table", c.relname::text as name,
       i.indisvalid and i.indisready as valid, coalesce(s.idx_scan, 0) as scans,
       pg_catalog.pg_relation_size(c.oid) as bytes,
       exists (select from pg_catalog.pg_stat_progress_create_index p where p.index_relid = c.oid) as building
  from pg_catalog.pg_index i
  join pg_catalog.pg_class c on c.oid = i.indexrelid and c.relkind = 'i'
  join pg_catalog.pg_class t on t.oid = i.indrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_stat_user_indexes s on s.indexrelid = c.oid
 where n.nspname <> 'pg_catalog' and n.nspname !~ '^pg_toast'
   and (not (i.indisvalid and i.indisready)
        or (coalesce(s.idx_scan, 0) = 0 and not i.indisunique and not i.indisexclusion and not i.indisreplident
            and pg_catalog.pg_relation_size(c.oid) >= $1
            and not exists (select from pg_catalog.pg_constraint k where k.conindid = c.oid)))
 order by valid, bytes desc
 limit 200;
