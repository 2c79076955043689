-- What the session with this pid does just now: whom it waits for, how far it is, which locks it holds.
select (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                 'pid', a.pid, 'login', a.usename, 'application', a.application_name, 'state', a.state,
                 'seconds', extract(epoch from pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.query_start)),
                 'query', pg_catalog.left(a.query, 200)))
          from pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) b (pid) join pg_catalog.pg_stat_activity a on a.pid = b.pid) as blockers,
       (select pg_catalog.jsonb_build_object('mode', l.mode, 'relation', coalesce(n.nspname || '.' || c.relname, l.locktype))
          from pg_catalog.pg_locks l left join pg_catalog.pg_class c on c.oid = l.relation
          left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where l.pid = $1 and not l.granted limit 1) as waits,
       (select pg_catalog.jsonb_build_object('phase', p.phase, 'done', case when p.blocks_total > 0 then p.blocks_done else p.tuples_done end,
                 'total', case when p.blocks_total > 0 then p.blocks_total else p.tuples_total end,
                 'unit', case when p.blocks_total > 0 then 'blocks' else 'rows' end)
          from pg_catalog.pg_stat_progress_create_index p where p.pid = $1) as building,
       (select pg_catalog.jsonb_build_object('phase', p.phase, 'done', p.heap_blks_scanned, 'total', p.heap_blks_total, 'unit', 'blocks')
          from pg_catalog.pg_stat_progress_cluster p where p.pid = $1) as rewriting,
       (select pg_catalog.jsonb_build_object('phase', p.phase, 'done', p.heap_blks_scanned, 'total', p.heap_blks_total, 'unit', 'blocks')
          from pg_catalog.pg_stat_progress_vacuum p where p.pid = $1) as vacuuming,
       (select pg_catalog.jsonb_build_object('phase', 'copying', 'done', p.bytes_processed, 'total', p.bytes_total, 'unit', 'bytes')
          from pg_catalog.pg_stat_progress_copy p where p.pid = $1) as copying,
       (select pg_catalog.jsonb_agg(distinct pg_catalog.jsonb_build_object('relation', n.nspname || '.' || c.relname, 'kind', c.relkind, 'mode', l.mode))
          from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation
          join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where l.pid = $1 and l.locktype = 'relation' and l.granted and n.nspname not like 'pg\_%'
           and n.nspname not in ('information_schema', 'supabase_migrations', 'chatly_migrations')) as locks;
