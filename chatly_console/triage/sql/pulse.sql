-- the counters of the first glance, over all databases of the server
select pg_catalog.current_setting('max_connections')::int as connection_limit,
       pg_catalog.current_setting('superuser_reserved_connections')::int
         + coalesce(pg_catalog.current_setting('reserved_connections', true)::int, 0) as reserved,
       d.backends, d.commits, d.rollbacks, d.hits, d.reads, d.temp_files, d.temp_bytes, d.deadlocks, d.conflicts,
       pg_catalog.pg_is_in_recovery() as standby,
       case when pg_catalog.pg_is_in_recovery()
            then case when pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() then 0
                      else extract(epoch from pg_catalog.clock_timestamp()
                                              - pg_catalog.pg_last_xact_replay_timestamp())::float8 end
       end as behind_s,
       r.replicas, r.replay_lag_s, r.replay_lag_bytes, s.idle_slots, s.slot_bytes, coalesce(s.idle_slot, '') as idle_slot,
       extract(epoch from pg_catalog.clock_timestamp())::float8 as at,
       extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.pg_postmaster_start_time())::float8 as up_s
  from (select sum(numbackends)::int8 as backends, sum(xact_commit)::int8 as commits,
               sum(xact_rollback)::int8 as rollbacks, sum(blks_hit)::int8 as hits, sum(blks_read)::int8 as reads,
               sum(temp_files)::int8 as temp_files, sum(temp_bytes)::int8 as temp_bytes,
               sum(deadlocks)::int8 as deadlocks, sum(conflicts)::int8 as conflicts
          from pg_catalog.pg_stat_database) d,
       (select count(*)::int8 as replicas, extract(epoch from max(replay_lag))::float8 as replay_lag_s,
               case when not pg_catalog.pg_is_in_recovery()
                    then max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn))::int8
               end as replay_lag_bytes
          from pg_catalog.pg_stat_replication) r,
       (select count(*)::int8 as idle_slots,
               (pg_catalog.array_agg(slot_name::text order by restart_lsn nulls last))[1] as idle_slot,
               case when not pg_catalog.pg_is_in_recovery()
                    then max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn))::int8
               end as slot_bytes
          from pg_catalog.pg_replication_slots
         where not active) s;
