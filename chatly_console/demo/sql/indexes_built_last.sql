-- Indexes of the public tables that can be dropped before a load and built after it, which is quicker than row by row:
-- those that hold no constraint, and those of UNIQUE constraints that no foreign key leans on.
select t.relname as "table",
       case when k.oid is null then format('drop index %I.%I', n.nspname, i.relname)
            else format('alter table %I.%I drop constraint %I', n.nspname, t.relname, k.conname) end as removal,
       case when k.oid is null then pg_get_indexdef(x.indexrelid)
            else format('alter table %I.%I add constraint %I %s', n.nspname, t.relname, k.conname,
                        pg_get_constraintdef(k.oid)) end as definition,
       case when k.oid is null and obj_description(i.oid, 'pg_class') is not null
            then format('comment on index %I.%I is %L', n.nspname, i.relname, obj_description(i.oid, 'pg_class'))
            when obj_description(k.oid, 'pg_constraint') is not null
            then format('comment on constraint %I on %I.%I is %L', k.conname, n.nspname, t.relname,
                        obj_description(k.oid, 'pg_constraint'))
       end as comment
  from pg_index x
  join pg_class i on i.oid = x.indexrelid
  join pg_class t on t.oid = x.indrelid
  join pg_namespace n on n.oid = i.relnamespace
  left join pg_constraint k on k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x')
 where n.nspname = 'public'
   and t.relkind = 'r'
   and (k.oid is null
        or k.contype = 'u' and not exists (select from pg_constraint f where f.conindid = x.indexrelid and f.contype = 'f'))
   and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
 order by pg_relation_size(t.oid), i.relname
