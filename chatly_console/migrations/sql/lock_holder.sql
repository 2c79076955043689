select a.pid, coalesce(a.usename, '') as login, coalesce(a.application_name, '') as application,
       extract(epoch from pg_catalog.now() - a.backend_start)::float8 as seconds
  from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
 where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
   and (l.classid::bigint << 32) | l.objid::bigint = $1 and l.objsubid = 1
