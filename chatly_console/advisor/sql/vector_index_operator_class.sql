-- An index serves the operator of its class alone. Looked for in the functions that read the table's vectors.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('index %I is for %s, and the functions that search vectors use %s', i.relname, served.op,
                         pg_catalog.string_agg(distinct used.op, ' ')) as detail,
       'search with the operator of the index, or build the index for the operator in use' as fix
  from pg_catalog.pg_index x
  join pg_catalog.pg_class i on i.oid = x.indexrelid
  join pg_catalog.pg_am am on am.oid = i.relam and am.amname in ('ivfflat', 'hnsw')
  join pg_catalog.pg_class c on c.oid = x.indrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_opclass o on o.oid = x.indclass[0]
 cross join lateral (select case when o.opcname ~ '_l2_' then '<->' when o.opcname ~ '_ip_' then '<#>'
                                 when o.opcname ~ '_cosine_' then '<=>' when o.opcname ~ '_l1_' then '<+>' end as op) served
  join lateral (select distinct (pg_catalog.regexp_matches(f.words, '(<->|<=>|<#>|<\+>)', 'g'))[1] as op
                  from (select coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) as words
                          from pg_catalog.pg_proc p
                         where p.prokind = 'f' and p.pronamespace <> 'pg_catalog'::regnamespace) f
                 where pg_catalog.strpos(f.words, c.relname) > 0) used on true
 where n.nspname <> all (pg_catalog.string_to_array($1, ',')) and served.op is not null
 group by n.nspname, c.relname, i.relname, served.op
having not pg_catalog.bool_or(used.op = served.op)
 order by 1, 2
