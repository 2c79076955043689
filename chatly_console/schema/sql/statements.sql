-- The statements on record whose text has this name in it, those that took most time first; {schema} is where the
-- extension pg_stat_statements is.
-- $1: the name in small letters
select pg_catalog.left(s.query, 4000) as query, s.calls, s.total_exec_time::float8 as total_ms, s.mean_exec_time::float8 as mean_ms,
       s.rows, pg_catalog.pg_get_userbyid(s.userid)::text as role
  from {schema}.pg_stat_statements s
 where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
   and pg_catalog.strpos(pg_catalog.lower(s.query), $1) > 0
 order by s.total_exec_time desc
 limit 200;
