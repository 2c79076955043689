-- A key of two or four bytes that its sequence has half used; last_value needs SELECT or USAGE on the sequence.
select n.nspname as schema, c.relname as relation, pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('%I has used %s %% of the numbers of its type %s', a.attname,
                         pg_catalog.round(100.0 * s.last_value / top.value), pg_catalog.format_type(a.atttypid, null)) as detail,
       pg_catalog.format('alter table %I.%I alter column %I type bigint;', n.nspname, c.relname, a.attname) as fix
  from pg_catalog.pg_depend d
  join pg_catalog.pg_class q on q.oid = d.objid and q.relkind = 'S'
  join pg_catalog.pg_namespace qn on qn.oid = q.relnamespace
  join pg_catalog.pg_sequences s on s.schemaname = qn.nspname and s.sequencename = q.relname
  join pg_catalog.pg_class c on c.oid = d.refobjid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
 cross join lateral (select case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 end
                            as value) top
 where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
   and d.deptype in ('a', 'i') and top.value is not null and s.last_value > top.value / 2 and n.nspname <> all (pg_catalog.string_to_array($1, ','))
 order by 1, 2
