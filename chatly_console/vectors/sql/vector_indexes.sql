-- The names of the vector indexes of a table ($1 schema, $2 name) and of its partitions.
select ic.relname::text
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join lateral (select c.oid as relid union select p.relid::oid from pg_catalog.pg_partition_tree(c.oid::regclass) p) part on true
  join pg_catalog.pg_index i on i.indrelid = part.relid
  join pg_catalog.pg_class ic on ic.oid = i.indexrelid
  join pg_catalog.pg_am am on am.oid = ic.relam
 where n.nspname = $1 and c.relname = $2 and am.amname in ('ivfflat', 'hnsw');
