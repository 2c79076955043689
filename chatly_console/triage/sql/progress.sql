-- what long maintenance is doing; what only some versions tell (17: indexes, skipped rows; 18: sleep) is read as a document
select p.pid, p.kind, p.phase,
       case when p.relation is null or p.relation = 0 then ''
            when p.datid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
            then p.relation::pg_catalog.regclass::text
            else 'relation ' || p.relation end as relation,
       p.done::float8 as done, p.total::float8 as total, p.unit, coalesce(p.more, '') as more
  from (select pid, 'vacuum' as kind, datid, relid as relation, phase, heap_blks_scanned as done,
               heap_blks_total as total, 'blocks' as unit,
               nullif(concat_ws(', ', case when (v.told ->> 'indexes_total')::int8 > 0
                                           then (v.told ->> 'indexes_processed') || ' of ' || (v.told ->> 'indexes_total')
                                                || ' indexes' end,
                                case when index_vacuum_count > 0 then 'index pass ' || index_vacuum_count end,
                                case when (v.told ->> 'delay_time')::float8 > 0
                                     then 'slept ' || pg_catalog.round((v.told ->> 'delay_time')::numeric) || ' ms' end),
                      '') as more
          from pg_catalog.pg_stat_progress_vacuum p
         cross join lateral pg_catalog.to_jsonb(p) v (told)
        union all
        select pid, 'analyze', datid, relid, phase, sample_blks_scanned, sample_blks_total, 'blocks',
               case when child_tables_total > 0
                    then child_tables_done || ' of ' || child_tables_total || ' child tables' end
          from pg_catalog.pg_stat_progress_analyze
        union all
        select pid, lower(command), datid, relid, phase,
               case when blocks_total > 0 then blocks_done else tuples_done end,
               case when blocks_total > 0 then blocks_total else nullif(tuples_total, 0) end,
               case when blocks_total > 0 then 'blocks' else 'rows' end,
               case when lockers_total > 0
                    then 'waited for ' || lockers_done || ' of ' || lockers_total || ' transactions'
                         || case when current_locker_pid > 0 then ', now for pid ' || current_locker_pid else '' end end
          from pg_catalog.pg_stat_progress_create_index
        union all
        select pid, lower(command), datid, relid, phase, heap_blks_scanned, heap_blks_total, 'blocks', null
          from pg_catalog.pg_stat_progress_cluster
        union all
        select pid, lower(command), datid, relid, lower(type), bytes_processed, nullif(bytes_total, 0), 'bytes',
               tuples_processed || ' rows' || coalesce(', ' || nullif(v.told ->> 'tuples_skipped', '0') || ' skipped', '')
          from pg_catalog.pg_stat_progress_copy p
         cross join lateral pg_catalog.to_jsonb(p) v (told)
        union all
        select pid, 'base backup', null, null, phase, backup_streamed, backup_total, 'bytes', null
          from pg_catalog.pg_stat_progress_basebackup) p;
