-- How many rows of a table ($1 schema, $2 name) were written since its statistics began, and how many it has.
select s.n_tup_ins as inserted, s.n_tup_upd as updated, s.n_tup_del as deleted, s.n_live_tup as live,
       (select d.stats_reset::date::text from pg_catalog.pg_stat_database d
         where d.datname = pg_catalog.current_database()) as since
  from pg_catalog.pg_stat_all_tables s
 where s.schemaname = $1 and s.relname = $2;
