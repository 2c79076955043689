-- How many rows each of these tables has, how many changed since it was analysed, and how long ago that was.
select s.schemaname as schema,
       s.relname as name,
       greatest(c.reltuples, s.n_live_tup, 0)::float8 as rows,
       s.n_mod_since_analyze::float8 as changed,
       (extract(epoch from now() - greatest(s.last_analyze, s.last_autoanalyze)) / 86400)::float8 as analysed_days,
       (c.relpages * 8 / 1024.0)::float8 as megabytes
  from pg_catalog.pg_stat_user_tables s
  join pg_catalog.pg_class c on c.oid = s.relid
 where s.relname = any (pg_catalog.string_to_array($1, chr(10)))
