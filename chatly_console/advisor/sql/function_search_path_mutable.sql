select n.nspname as schema, null::text as relation,
       pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) as object,
       'the function has no search_path of its own, so its caller decides which objects it finds' as detail,
       case when p.prokind in ('f', 'p') then
            pg_catalog.format('alter %s %I.%I(%s) set search_path = %L;',
                              case p.prokind when 'p' then 'procedure' else 'function' end, n.nspname, p.proname,
                              pg_catalog.pg_get_function_identity_arguments(p.oid), '') else '' end as fix
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
   and not exists (select from pg_catalog.unnest(p.proconfig) as setting where setting like 'search\_path=%')
 order by 1, 3
