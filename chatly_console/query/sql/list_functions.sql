-- $1, $2: LIKE patterns for schema and name, empty schema for all but the system's
select n.nspname as schema, p.proname as name, pg_catalog.pg_get_function_result(p.oid) as result,
       pg_catalog.pg_get_function_arguments(p.oid) as arguments,
       case p.prokind when 'f' then 'function' when 'p' then 'procedure' when 'a' then 'aggregate' else 'window' end
         as kind,
       case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
       p.prosecdef as security_definer, pg_catalog.obj_description(p.oid, 'pg_proc') as description
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where p.proname like $2
   and case when $1 = '' then n.nspname !~ '^(pg_|information_schema$)' else n.nspname like $1 end
 order by 1, 2, 4
