-- An index by its full name: its size with that of its partitions, whether it can be used, whether it belongs to the index of a
-- partitioned table, and whether it is being built just now. No row where it is not there.
select (select pg_catalog.sum(pg_catalog.pg_relation_size(part.oid))::float8 / 1024 / 1024
          from (select x.indexrelid as oid
                union
                select t.relid from pg_catalog.pg_partition_tree(x.indexrelid) t) part) as megabytes,
       x.indisvalid as valid, c.relispartition as attached,
       exists (select from pg_catalog.pg_stat_progress_create_index b where b.index_relid = x.indexrelid) as building
  from pg_catalog.pg_index x join pg_catalog.pg_class c on c.oid = x.indexrelid where x.indexrelid = pg_catalog.to_regclass($1)
