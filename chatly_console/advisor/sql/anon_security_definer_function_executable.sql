select n.nspname as schema, null::text as relation,
       pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) as object,
       'the API lets anon call it, and it runs with its owner''s rights, whom no row policy binds' as detail,
       pg_catalog.format('revoke execute on function %I.%I(%s) from anon, public;', n.nspname, p.proname,
                         pg_catalog.pg_get_function_identity_arguments(p.oid)) as fix
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where p.prosecdef and n.nspname = any (pg_catalog.string_to_array($1, ','))
   and exists (select from pg_catalog.pg_roles r where r.rolname = 'anon'
                  and pg_catalog.has_function_privilege(r.oid, p.oid, 'execute'))
 order by 3
