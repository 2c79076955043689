-- Standbys and slots: how far behind, and how much write-ahead log each keeps from being removed.
select 'standby' as kind, coalesce(nullif(r.application_name, ''), r.client_addr::text, r.pid::text) as name,
       r.state as state, r.sync_state as detail, extract(epoch from r.replay_lag)::float8 as behind_s,
       pg_catalog.pg_wal_lsn_diff(here.lsn, r.replay_lsn)::float8 as bytes, true as active
  from pg_catalog.pg_stat_replication r
 cross join (select case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_receive_lsn()
                         else pg_catalog.pg_current_wal_lsn() end as lsn) here
union all
select 'slot', s.slot_name, s.slot_type, coalesce(s.wal_status, ''), null,
       pg_catalog.pg_wal_lsn_diff(here.lsn, s.restart_lsn)::float8, s.active
  from pg_catalog.pg_replication_slots s
 cross join (select case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_receive_lsn()
                         else pg_catalog.pg_current_wal_lsn() end as lsn) here
 where not s.temporary
 order by 1, 2
