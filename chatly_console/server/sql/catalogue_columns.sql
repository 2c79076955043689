-- The columns of every relation: one JSON list a relation, which is read only when somebody asks for its columns. What
-- opens a relation (defaults, statistics) is read on demand.
-- $1: whether the system's own schemas are meant, or all others
select a.attrelid as relation,
       pg_catalog.json_agg(pg_catalog.json_build_array(
         a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef,
         a.attidentity::text, a.attgenerated::text, d.description) order by a.attnum)::text as columns
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid
  left join pg_catalog.pg_description d
    on d.objoid = a.attrelid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = a.attnum
 where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
   and (n.nspname in ('pg_catalog', 'information_schema') or n.nspname ~ '^pg_(toast|temp)') = $1
 group by a.attrelid;
