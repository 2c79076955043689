-- A policy that calls auth.uid() and the like for every row, where one call in a sub-select would do.
select pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('policy %I calls %s once a row', p.polname, found.call) as detail,
       pg_catalog.format('write (select %s) in the policy: it is then called once a statement', found.call) as fix
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral (select coalesce(pg_catalog.pg_get_expr(p.polqual, p.polrelid), '') || ' '
                            || coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), '') as words) e
 cross join lateral (select (pg_catalog.regexp_match(
                       pg_catalog.regexp_replace(e.words, '\( *SELECT +(auth\.\w+\(\)|current_setting\([^)]*\)) +AS +\w+\)',
                                                 '', 'gi'),
                       '(auth\.(?:uid|jwt|role|email)\(\)|current_setting\([^)]*\))'))[1] as call) found
 where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_' and found.call is not null
 order by 1, 2;
