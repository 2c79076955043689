-- The columns that may say whose a row is: those by which tables refer to one other table, and those without a foreign
-- key that several tables have and whose type can name a tenant. With how many tables and views have such a column.
with shared as (
  select a.attname, pg_catalog.count(*) as tables,
         pg_catalog.count(*) filter (where c.relkind in ('r', 'p') and not c.relispartition) as own
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'f')
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where not a.attisdropped and a.attnum > 0
     and a.atttypid in ('uuid'::regtype, 'text'::regtype, 'varchar'::regtype, 'int4'::regtype, 'int8'::regtype)
     and n.nspname not in ('pg_catalog', 'information_schema', 'auth', 'storage') and n.nspname !~ '^pg_'
   group by a.attname),
referring as (
  select distinct a.attname, n.nspname || '.' || p.relname as parent
    from pg_catalog.pg_constraint f
    join pg_catalog.pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
    join pg_catalog.pg_class p on p.oid = f.confrelid
    join pg_catalog.pg_namespace n on n.oid = p.relnamespace
   where f.contype = 'f' and pg_catalog.cardinality(f.conkey) = 1 and n.nspname not in ('auth', 'storage'))
select h.attname as name, coalesce(r.parent, '') as parent, h.tables
  from shared h
  left join referring r on r.attname = h.attname
 where r.parent is not null or h.own > 1 and h.attname <> 'id'
 order by r.parent is null, h.tables desc, h.attname, r.parent;
