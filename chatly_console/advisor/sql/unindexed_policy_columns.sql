-- The columns that a policy reads are what every statement of its users filters by. Small tables need no index, and a
-- column of few values gains nothing by one.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('policy %s reads %I, which no index holds; about %s rows',
                         pg_catalog.string_agg(distinct pg_catalog.quote_ident(p.polname), ', '), a.attname,
                         pg_catalog.to_char(c.reltuples::bigint, 'FM999,999,999,999')) as detail,
       pg_catalog.format('create index %s%I on %I.%I (%I);', case when c.relkind <> 'p' then 'concurrently ' end,
                         pg_catalog.left(c.relname || '_' || a.attname, 59) || '_idx', n.nspname, c.relname,
                         a.attname) as fix
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid
       and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid > 0
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
 where c.relrowsecurity and c.reltuples >= 1000 and n.nspname <> all (pg_catalog.string_to_array($1, ','))
   and a.atttypid not in ('bool'::regtype, 'jsonb'::regtype, 'json'::regtype)
   and not exists (select from pg_catalog.pg_index i
                    where i.indrelid = c.oid and i.indisvalid and a.attnum = any (i.indkey))
   and not exists (select from pg_catalog.pg_stats t
                    where t.schemaname = n.nspname and t.tablename = c.relname and t.attname = a.attname
                      and t.n_distinct between 0 and 20)
 group by n.nspname, c.relname, a.attname, c.reltuples, c.relkind
 order by 1, 2, 4
