-- Indexes of the public tables that hold no constraint: what can be dropped before a load and built after it.
select format('%I.%I', n.nspname, i.relname) as name,
       t.relname as "table",
       pg_get_indexdef(x.indexrelid) as definition,
       case when obj_description(i.oid, 'pg_class') is not null
            then format('comment on index %I.%I is %L', n.nspname, i.relname, obj_description(i.oid, 'pg_class'))
       end as comment
  from pg_index x
  join pg_class i on i.oid = x.indexrelid
  join pg_class t on t.oid = x.indrelid
  join pg_namespace n on n.oid = i.relnamespace
 where n.nspname = 'public'
   and t.relkind = 'r'
   and not exists (select from pg_constraint c where c.conindid = x.indexrelid and c.contype in ('p', 'u', 'x'))
   and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
 order by pg_relation_size(t.oid), i.relname
