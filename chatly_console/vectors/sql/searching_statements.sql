-- The statements that took most time among those that search vectors; {schema} is that of pg_stat_statements. Those of
-- this room are left out: they name what they select as no other does.
select s.query, sum(s.calls)::bigint as calls, sum(s.rows)::bigint as rows,
       sum(s.total_exec_time) / greatest(sum(s.calls), 1) as milliseconds
  from {schema}.pg_stat_statements s
 where s.query ~ '<=>|<->|<#>|<\+>|<~>|<%>' and s.query !~* '^\s*(explain|create)' and s.query !~ 'chatly_scratch|::pg_catalog\.text as key,'
   and s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
 group by s.query
 order by sum(s.total_exec_time) desc
 limit 50;
