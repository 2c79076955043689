-- user_metadata of a token is what its bearer wrote about himself.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('policy %I trusts user_metadata, which every user may edit', p.polname) as detail,
       'use app_metadata or a table of your own' as fix
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral (select coalesce(pg_catalog.pg_get_expr(p.polqual, p.polrelid), '') || ' '
                            || coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), '') as words) e
 where n.nspname <> all (pg_catalog.string_to_array($1, ',')) and e.words ~ '(auth\.jwt\(\)|current_setting\([^)]*request\.jwt\.claims).*user_metadata'
 order by 1, 2, 4
