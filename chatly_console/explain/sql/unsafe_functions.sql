-- Which of these functions ($1: schema, a tab and the name a line, the schema may be empty) keep a plan from being parallel, and who made them.
select pg_catalog.format('%s(%s)', p.oid::pg_catalog.regproc, pg_catalog.pg_get_function_identity_arguments(p.oid)) as name,
       n.nspname = 'pg_catalog' as is_builtin
  from pg_catalog.unnest(pg_catalog.string_to_array($1, chr(10))) as called(line)
  join pg_catalog.pg_proc p on p.proname = pg_catalog.split_part(called.line, chr(9), 2)
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where p.proparallel = 'u'
   and case when pg_catalog.split_part(called.line, chr(9), 1) = '' then pg_catalog.pg_function_is_visible(p.oid)
            else n.nspname = pg_catalog.split_part(called.line, chr(9), 1) end
 order by 2, 1
 limit 20
