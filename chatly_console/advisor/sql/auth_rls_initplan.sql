-- A policy that calls auth.uid() and the like for every row, where one call in a sub-select would do. Supabase's linter
-- looks for `select auth.uid()` to the letter, so it also names calls that a longer sub-select holds; those are named with
-- the remark that nothing is to be done.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       case when found.call is not null then pg_catalog.format('policy %I calls %s once a row', p.polname, found.call)
            else pg_catalog.format('policy %I calls %s inside a longer sub-select: once a statement, as it should',
                                   p.polname, named.call) end as detail,
       case when found.call is not null
            then pg_catalog.format('write (select %s) in the policy: it is then called once a statement', found.call)
            else 'nothing is to be done; write (select ' || named.call || ') alone to silence Supabase''s linter' end as fix
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral (select coalesce(pg_catalog.pg_get_expr(p.polqual, p.polrelid), '') || ' '
                            || coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), '') as words) e
 cross join lateral (select (pg_catalog.regexp_match(
                       pg_catalog.regexp_replace(e.words, '\( *SELECT +\(*(auth\.\w+\(\)|current_setting\([^)]*\))',
                                                 '', 'gi'),
                       '(auth\.(?:uid|jwt|role|email)\(\)|current_setting\([^)]*\))'))[1] as call) found
 cross join lateral (select (pg_catalog.regexp_match(
                       pg_catalog.regexp_replace(e.words, 'SELECT +(auth\.\w+\(\)|current_setting\([^)]*\))', '', 'gi'),
                       '(auth\.(?:uid|jwt|role|email)\(\)|current_setting\([^)]*\))'))[1] as call) named
 where c.relrowsecurity and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and named.call is not null
 order by 1, 2, 4
