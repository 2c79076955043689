-- An index that was just built, with those of the partitions that belong to it: its size in bytes, whether the planner must leave it
-- alone while older snapshots live, who holds the oldest, and the names that a plan may call it by, one a line.
select pg_catalog.sum(pg_catalog.pg_relation_size(i.indexrelid))::float8 as bytes,
       pg_catalog.bool_or(i.indcheckxmin) as must_wait,
       (select a.pid
          from pg_catalog.pg_stat_activity a
         where a.backend_xmin is not null and a.pid <> pg_catalog.pg_backend_pid()
         order by pg_catalog.age(a.backend_xmin) desc
         limit 1) as for_pid,
       pg_catalog.string_agg(c.relname, pg_catalog.chr(10)) as names
  from (select pg_catalog.to_regclass($1)::oid as oid
        union
        select t.relid from pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1)) t) one
  join pg_catalog.pg_index i on i.indexrelid = one.oid
  join pg_catalog.pg_class c on c.oid = one.oid
having count(*) > 0
