select pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       'it has policies, and row level security is off: they do nothing' as detail,
       pg_catalog.format('alter table %I.%I enable row level security;', n.nspname, c.relname) as fix
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where not c.relrowsecurity and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_' and exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid)
 order by 1;
