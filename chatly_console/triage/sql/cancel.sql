-- the pid is trusted only together with the moment at which its session began
select pg_catalog.pg_cancel_backend(a.pid) as done
  from pg_catalog.pg_stat_activity a
 where a.pid = $1 and a.backend_start = $2;
