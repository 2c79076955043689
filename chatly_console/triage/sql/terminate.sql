-- the pid is trusted only together with the moment at which its session began; waits for its end a while
select pg_catalog.pg_terminate_backend(a.pid, 1500) as done
  from pg_catalog.pg_stat_activity a
 where a.pid = $1 and a.backend_start = $2;
