-- The columns of every relation, in order, flat. What opens a relation (defaults, statistics) is read on demand.
-- $1: whether the system's own schemas are meant, or all others
select a.attrelid as relation, a.attnum::int4 as number, a.attname as name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null, a.atthasdef as has_default,
       a.attidentity::text as identity, a.attgenerated::text as generated, d.description as comment
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid
  left join pg_catalog.pg_description d
    on d.objoid = a.attrelid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = a.attnum
 where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
   and (n.nspname in ('pg_catalog', 'information_schema') or n.nspname ~ '^pg_(toast|temp)') = $1
 order by a.attrelid, a.attnum;
