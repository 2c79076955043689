-- $1: schemas of the platform, as an expression. Columns that point at a row, by their name and type, and the foreign
-- keys that there are. A key that a trigger keeps instead says so in the comment of its column ("kept by a trigger").
select 'foreign keys' as kind, k.conrelid::pg_catalog.regclass::text || '.' || k.conname as object,
       case when not k.convalidated then 'was never validated' end as wrong
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_namespace n on n.oid = k.connamespace
 where k.contype = 'f' and k.conparentid = 0 and n.nspname !~ $1
union all
select 'other columns called …_id', c.oid::pg_catalog.regclass::text || '.' || a.attname, 'has no foreign key'
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ $1
   and a.attname ~ '._id$' and a.atttypid in ('uuid'::pg_catalog.regtype, 'int4'::pg_catalog.regtype, 'int8'::pg_catalog.regtype)
   and not exists (select from pg_catalog.pg_constraint k
                    where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey))
   and coalesce(pg_catalog.col_description(c.oid, a.attnum), '') !~ 'kept by a trigger'
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
 order by 1, 2;
