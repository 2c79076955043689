-- The columns by which tables refer to one other table: any of them may be the one that says whose a row is. With how
-- many tables and views have a column of that name.
select a.attname as name,
       n.nspname || '.' || p.relname as parent,
       (select pg_catalog.count(*)
          from pg_catalog.pg_attribute x
          join pg_catalog.pg_class c on c.oid = x.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'f')
         where x.attname = a.attname and not x.attisdropped) as tables
  from pg_catalog.pg_constraint f
  join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
  join pg_catalog.pg_class p on p.oid = f.confrelid
  join pg_catalog.pg_namespace n on n.oid = p.relnamespace
 where f.contype = 'f' and pg_catalog.cardinality(f.conkey) = 1 and n.nspname not in ('auth', 'storage')
 group by a.attname, n.nspname, p.relname
 order by 3 desc, 1, 2;
