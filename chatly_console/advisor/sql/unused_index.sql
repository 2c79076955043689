select pg_catalog.format('%I.%I', s.schemaname, s.indexrelname) as object,
       pg_catalog.format('never scanned since the statistics began; %s', pg_catalog.pg_size_pretty(
                         pg_catalog.pg_relation_size(s.indexrelid))) as detail,
       pg_catalog.format('drop index concurrently %I.%I;', s.schemaname, s.indexrelname) as fix
  from pg_catalog.pg_stat_user_indexes s
  join pg_catalog.pg_index x on x.indexrelid = s.indexrelid
 where s.idx_scan = 0 and not x.indisunique and not x.indisprimary
   and s.schemaname not in ('auth', 'storage', 'vault', 'extensions')
   and not exists (select from pg_catalog.pg_constraint k where k.conindid = s.indexrelid)
 order by 1;
