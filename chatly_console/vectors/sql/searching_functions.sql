-- Functions of people that may search vectors: their text, whether they run as their owner, and their settings.
-- Those of extensions and of the system are left out.
select pg_catalog.format('%I.%I', n.nspname, p.proname) as name,
       coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) as body,
       p.prosecdef as definer, to_jsonb(coalesce(p.proconfig, '{}')) as settings
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
 where l.lanname in ('sql', 'plpgsql') and p.prokind in ('f', 'p')
   and n.nspname not in ('pg_catalog', 'information_schema')
   and coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) ~ '<=>|<->|<#>|<\+>|<~>|<%>|_distance\s*\(|inner_product\s*\('
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
 order by 1
 limit 500;
