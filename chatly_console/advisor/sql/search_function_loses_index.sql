-- What keeps an index scan from serving a vector search: an ORDER BY that is not the operator itself, or no LIMIT beside
-- it. Looked for in the text, so a function may be innocent.
select n.nspname as schema, null::text as relation,
       pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) as object,
       case when body.words !~ '\mlimit\M' then 'it orders by distance without a LIMIT: every row is sorted'
            else 'it orders by an expression around the distance, which no index serves' end as detail,
       'order by the operator alone, ascending, with the LIMIT in the same query' as fix
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 cross join lateral (select pg_catalog.lower(coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc)) as words) body
 where n.nspname <> all (pg_catalog.string_to_array($1, ',')) and p.prokind in ('f', 'p')
   and body.words ~ '<->|<=>|<#>|<\+>' and body.words ~ '\morder by\M'
   and (body.words !~ '\mlimit\M'
        or body.words ~ 'order by\s+\(?\s*1\s*-\s*\(' or body.words ~ ('order by[^;]*(<->|<=>|<#>|<\+>)[^,;)]*\)?\s*desc'))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
 order by 1, 3
