-- how far each sequence has come, against its own end and that of the column that it fills
select n.nspname::text as schema, c.relname::text as name, q.last_value,
       least(q.max_value, case a.atttypid when 21 then 32767 when 23 then 2147483647 else q.max_value end) as last_possible,
       q.cycle, pg_catalog.has_sequence_privilege(c.oid, 'SELECT,USAGE') as readable,
       t.relname::text as "table", a.attname::text as "column"
  from pg_catalog.pg_sequences q
  join pg_catalog.pg_namespace n on n.nspname = q.schemaname
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = q.sequencename
  left join pg_catalog.pg_depend k on k.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and k.objid = c.oid
       and k.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and k.deptype in ('a', 'i') and k.refobjsubid > 0
  left join pg_catalog.pg_attribute a on a.attrelid = k.refobjid and a.attnum = k.refobjsubid
  left join pg_catalog.pg_class t on t.oid = k.refobjid
 where q.increment_by > 0;
