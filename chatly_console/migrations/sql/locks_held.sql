-- The locks that this session holds on relations of users, and the rows that it has read in whole scans so far.
select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
         'oid', c.oid::text, 'relation', n.nspname || '.' || c.relname, 'kind', c.relkind, 'mode', l.mode,
         'file', c.relfilenode::text, 'scanned', coalesce(pg_catalog.pg_stat_get_xact_tuples_returned(c.oid), 0))) as locks
  from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.granted
   and n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'supabase_migrations', 'chatly_migrations')
   and c.relkind in ('r', 'p', 'm', 'v', 'f', 'S', 'i', 'I');
