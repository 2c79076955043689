-- $1: schemas of the platform, as an expression. The columns that the policies for reading look at, since every query is
-- filtered by them. Small tables are read whole anyhow. Columns of true and false alone make no useful index.
select distinct 'columns in policies' as kind, p.polrelid::pg_catalog.regclass::text || '.' || a.attname as object,
       case when c.reltuples >= 1000 and a.atttypid <> 'bool'::pg_catalog.regtype
             and not exists (select from pg_catalog.pg_index x
                              where x.indrelid = p.polrelid and x.indisvalid and a.attnum = any (x.indkey))
            then 'is in no index' end as wrong
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
                             and d.refobjid = p.polrelid and d.refobjsubid > 0
  join pg_catalog.pg_attribute a on a.attrelid = p.polrelid and a.attnum = d.refobjsubid
 where p.polcmd <> 'a' and n.nspname !~ $1
   and pg_catalog.strpos(pg_catalog.pg_get_expr(p.polqual, p.polrelid), a.attname) > 0
 order by 2;
