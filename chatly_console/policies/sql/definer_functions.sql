-- The functions that run with their owner's rights and that a role of the API may call; `needs` counts the arguments
-- without a default, `answers` says whether a call returns something.
select p.oid::bigint as oid,
       n.nspname as schema,
       p.proname as name,
       p.oid::pg_catalog.regprocedure::text as signature,
       pg_catalog.pg_get_userbyid(p.proowner) as owner,
       p.pronargs - p.pronargdefaults as needs,
       p.prokind = 'f' and t.typname not in ('trigger', 'event_trigger', 'void') as answers,
       pg_catalog.jsonb_agg(a.rolname order by a.rolname) as roles
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_type t on t.oid = p.prorettype
  join pg_catalog.pg_roles a
    on a.rolname in ('anon', 'authenticated')
   and pg_catalog.has_schema_privilege(a.oid, n.oid, 'USAGE')
   and pg_catalog.has_function_privilege(a.oid, p.oid, 'EXECUTE')
 where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_temp%'
 group by p.oid, n.nspname, t.typname
 order by n.nspname <> 'public', n.nspname, p.proname, p.oid;
