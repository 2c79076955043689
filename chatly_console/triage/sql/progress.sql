-- what long maintenance is doing, from the progress views that 14 to 18 have in common
select p.pid, p.kind, p.phase,
       case when p.relation is null or p.relation = 0 then ''
            when p.datid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
            then p.relation::pg_catalog.regclass::text
            else 'relation ' || p.relation end as relation,
       p.done::float8 as done, p.total::float8 as total, p.unit
  from (select pid, 'vacuum' as kind, datid, relid as relation, phase, heap_blks_scanned as done,
               heap_blks_total as total, 'blocks' as unit
          from pg_catalog.pg_stat_progress_vacuum
        union all
        select pid, 'analyze', datid, relid, phase, sample_blks_scanned, sample_blks_total, 'blocks'
          from pg_catalog.pg_stat_progress_analyze
        union all
        select pid, lower(command), datid, relid, phase, blocks_done, blocks_total, 'blocks'
          from pg_catalog.pg_stat_progress_create_index
        union all
        select pid, lower(command), datid, relid, phase, heap_blks_scanned, heap_blks_total, 'blocks'
          from pg_catalog.pg_stat_progress_cluster
        union all
        select pid, lower(command), datid, relid, lower(type), bytes_processed, nullif(bytes_total, 0), 'bytes'
          from pg_catalog.pg_stat_progress_copy
        union all
        select pid, 'base backup', null, null, phase, backup_streamed, backup_total, 'bytes'
          from pg_catalog.pg_stat_progress_basebackup) p;
