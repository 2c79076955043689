-- How often each index of a table ($1 schema, $2 name) has been used since the statistics began.
select s.indexrelname as name, s.idx_scan as scans
  from pg_catalog.pg_stat_all_indexes s
 where s.schemaname = $1 and s.relname = $2;
