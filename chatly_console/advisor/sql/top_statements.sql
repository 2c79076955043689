-- The statements of this database on record that took most time, or those whose text names a table; {schema} is the
-- extension's. $1: the name in small letters, empty for all; $2: how many. The hours are those that the counters cover.
select pg_catalog.min(s.query) as query, pg_catalog.sum(s.calls)::int8 as calls,
       pg_catalog.sum(s.total_exec_time)::float8 as total_ms,
       (select extract(epoch from pg_catalog.now() - i.stats_reset)::float8 / 3600
          from {schema}.pg_stat_statements_info i) as hours
  from {schema}.pg_stat_statements s
 where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
   and s.query ~* '^\s*(/\*.*\*/\s*)?(select|with|update|delete|merge|table|\()'
   and ($1 = '' or pg_catalog.strpos(pg_catalog.lower(s.query), $1) > 0)
   and s.query ~* '\mfrom\M|^\s*(update|merge|table)'
   and s.query !~* '\m(pg_catalog|pg_stat\w*|pg_class|pg_namespace|pg_proc|pg_roles|pg_policy|information_schema)\M'
 group by s.queryid
 order by 3 desc
 limit $2::int
