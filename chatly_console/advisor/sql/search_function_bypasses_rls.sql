select n.nspname as schema, null::text as relation,
       pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) as object,
       pg_catalog.format('it searches vectors as its owner %I, so it finds rows that its caller may not see',
                         pg_catalog.pg_get_userbyid(p.proowner)) as detail,
       pg_catalog.format('alter function %I.%I(%s) security invoker;', n.nspname, p.proname,
                         pg_catalog.pg_get_function_identity_arguments(p.oid)) as fix
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where n.nspname <> all (pg_catalog.string_to_array($1, ',')) and p.prosecdef and p.prokind = 'f'
   and coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) ~ '<->|<=>|<#>|<\+>'
   and exists (select from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
                  and pg_catalog.has_function_privilege(r.oid, p.oid, 'execute'))
 order by 1, 3
