-- $1: schemas of the platform, as an expression. Everything that can carry a comment, and whether it has one.
select 'tables and views' as kind, c.oid::pg_catalog.regclass::text as object,
       pg_catalog.obj_description(c.oid, 'pg_class') is null as silent
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ $1 and not c.relispartition
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
union all
select 'columns', c.oid::pg_catalog.regclass::text || '.' || a.attname,
       pg_catalog.col_description(c.oid, a.attnum) is null
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ $1 and not c.relispartition
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
union all
select 'policies', p.polrelid::pg_catalog.regclass::text || '.' || p.polname,
       pg_catalog.obj_description(p.oid, 'pg_policy') is null
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname !~ $1
union all
select 'functions', p.oid::pg_catalog.regprocedure::text, pg_catalog.obj_description(p.oid, 'pg_proc') is null
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where n.nspname !~ $1
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
 order by 1, 2;
