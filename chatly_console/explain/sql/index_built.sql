-- An index that was just built: its size in bytes, whether the planner must leave it alone while older snapshots live, and who holds the oldest.
select pg_catalog.pg_relation_size(i.indexrelid) as bytes,
       i.indcheckxmin as must_wait,
       (select a.pid
          from pg_catalog.pg_stat_activity a
         where a.backend_xmin is not null and a.pid <> pg_catalog.pg_backend_pid()
         order by pg_catalog.age(a.backend_xmin) desc
         limit 1) as for_pid
  from pg_catalog.pg_index i
 where i.indexrelid = pg_catalog.to_regclass($1)
