-- the pid is trusted only together with the moment at which its session began; waits $3 ms for its end
select pg_catalog.pg_terminate_backend(a.pid, $3) as done
  from pg_catalog.pg_stat_activity a
 where a.pid = $1 and a.backend_start = $2;
