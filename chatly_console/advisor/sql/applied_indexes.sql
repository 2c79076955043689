-- Indexes by their full names, one a line: whether each is there, can be used, or is being built, how often it was read since when the
-- counters began (in seconds since 1970), with those of its partitions, and its size.
select asked.name, x.indexrelid is not null as there, coalesce(x.indisvalid, false) as valid,
       exists (select from pg_catalog.pg_stat_progress_create_index b where b.index_relid = x.indexrelid) as building,
       parts.scans, parts.megabytes,
       extract(epoch from (select s.stats_reset from pg_catalog.pg_stat_database s
                            where s.datname = pg_catalog.current_database()))::float8 as since
  from pg_catalog.unnest(pg_catalog.string_to_array($1, pg_catalog.chr(10))) as asked (name)
  left join pg_catalog.pg_index x on x.indexrelid = pg_catalog.to_regclass(asked.name)
 cross join lateral (
       select coalesce(pg_catalog.sum(pg_catalog.pg_stat_get_numscans(p.oid)), 0)::float8 as scans,
              coalesce(pg_catalog.sum(pg_catalog.pg_relation_size(p.oid)), 0)::float8 / 1024 / 1024 as megabytes
         from (select x.indexrelid as oid where x.indexrelid is not null
               union
               select t.relid from pg_catalog.pg_partition_tree(x.indexrelid) t) p) parts
