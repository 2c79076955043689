-- An index by its full name: its size, whether it can be used, and whether it waits for older snapshots before it is; then the
-- oldest session that holds such a snapshot. No row where it is not there.
select pg_catalog.pg_relation_size(x.indexrelid)::float8 / 1024 / 1024 as megabytes, x.indisvalid as valid,
       x.indcheckxmin as waits, x.indrelid::regclass::text as "table",
       exists (select from pg_catalog.pg_stat_progress_create_index b where b.index_relid = x.indexrelid) as building,
       (select a.pid from pg_catalog.pg_stat_activity a
         where a.backend_xmin is not null and a.pid <> pg_catalog.pg_backend_pid()
         order by pg_catalog.age(a.backend_xmin) desc limit 1) as holder
  from pg_catalog.pg_index x where x.indexrelid = pg_catalog.to_regclass($1)
