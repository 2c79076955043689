-- Queues of pgmq, where the API serves them (schema pgmq_public).
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       'the queue is served by the API, and row level security is off' as detail,
       pg_catalog.format('alter table %I.%I enable row level security;', n.nspname, c.relname) as fix
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p') and not c.relrowsecurity and n.nspname = 'pgmq' and c.relname like 'q\_%'
   and 'pgmq_public' = any (pg_catalog.string_to_array($1, ','))
   and exists (select from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
                  and pg_catalog.has_table_privilege(r.oid, c.oid, 'select'))
 order by 1, 2
