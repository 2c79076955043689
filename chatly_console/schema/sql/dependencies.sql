-- What an object needs and what needs it, as far as that goes: a JSON list, each entry with the key of the one from which it
-- was reached, the nearest first. What is reached in two ways is in it twice; the list is cut where it becomes a book.
-- $1: its oid; {class}: the catalogue that it is in
with recursive walk (way, depth, classid, objid, key, parent, object, goes_on) as (
  select v.way, 0, {class}::pg_catalog.oid, $1::pg_catalog.oid, '', '', '', true
    from (values ('needs'), ('needed by')) v (way)
  union all
  select w.way, w.depth + 1, s.classid, s.objid, coalesce(s.described, s.classid || ' ' || s.objid), w.key,
         coalesce(s.described, case s.classid when 'pg_catalog.pg_class'::pg_catalog.regclass then s.objid::pg_catalog.regclass::text
                                              when 'pg_catalog.pg_proc'::pg_catalog.regclass then s.objid::pg_catalog.regprocedure::text
                                              when 'pg_catalog.pg_type'::pg_catalog.regclass then pg_catalog.format_type(s.objid, null)
                                              else pg_catalog.pg_describe_object(s.classid, s.objid, 0) end),
         s.described is null
    from walk w
   cross join lateral (
     -- what needs it: views (by their rules), routines and types as a whole. A policy, a trigger, a default or a column is
     -- where it ends, since its table stands without it: that one is named with its table
     select distinct case when d.classid in ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass) then d.classid else 'pg_catalog.pg_class'::pg_catalog.regclass end as classid,
            case when d.classid in ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass, 'pg_catalog.pg_class'::pg_catalog.regclass) then d.objid
                 else coalesce(r.ev_class, a.adrelid, p.polrelid, t.tgrelid, nullif(k.conrelid, 0), k.contypid, d.objid) end as objid,
            case when r.rulename = '_RETURN' or (d.classid in ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass) and d.objsubid = 0) then null
                 else pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) end as described
       from (values (w.classid, w.objid),
                    ('pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid, case w.classid when 'pg_catalog.pg_class'::pg_catalog.regclass then (select c.reltype from pg_catalog.pg_class c where c.oid = w.objid)
                                             when 'pg_catalog.pg_type'::pg_catalog.regclass then (select y.typarray from pg_catalog.pg_type y where y.oid = w.objid) end)
            ) as self (classid, objid)
       join pg_catalog.pg_depend d on d.refclassid = self.classid and d.refobjid = self.objid and d.deptype = 'n'
       left join pg_catalog.pg_rewrite r on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and r.oid = d.objid
       left join pg_catalog.pg_attrdef a on d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and a.oid = d.objid
       left join pg_catalog.pg_policy p on d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and p.oid = d.objid
       left join pg_catalog.pg_trigger t on d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass and t.oid = d.objid
       left join pg_catalog.pg_constraint k on d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and k.oid = d.objid
      where w.way = 'needed by' and k.contype is distinct from 'f' and r.ev_class is distinct from w.objid
     union
     -- what it needs: itself, and by what hangs on it
     select case when y.typrelid <> 0 then 'pg_catalog.pg_class'::pg_catalog.regclass else d.refclassid end,
            case when y.typrelid <> 0 then y.typrelid when y.typcategory = 'A' and y.typelem <> 0 then y.typelem else d.refobjid end,
            null
       from (values (w.classid, w.objid)) as self (classid, objid)
      cross join lateral (
        select self.classid, self.objid
        union all select 'pg_catalog.pg_rewrite'::pg_catalog.regclass, r.oid from pg_catalog.pg_rewrite r where self.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and r.ev_class = self.objid
        union all select 'pg_catalog.pg_attrdef'::pg_catalog.regclass, a.oid from pg_catalog.pg_attrdef a where self.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and a.adrelid = self.objid
        union all select 'pg_catalog.pg_policy'::pg_catalog.regclass, p.oid from pg_catalog.pg_policy p where self.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and p.polrelid = self.objid
        union all select 'pg_catalog.pg_trigger'::pg_catalog.regclass, t.oid from pg_catalog.pg_trigger t
                   where self.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and t.tgrelid = self.objid and not t.tgisinternal
        union all select 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid from pg_catalog.pg_index i where self.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and i.indrelid = self.objid
        union all select 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid from pg_catalog.pg_constraint k
                   where k.contype <> 'f' and ((self.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and k.conrelid = self.objid) or (self.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and k.contypid = self.objid))
           ) part (classid, objid)
       join pg_catalog.pg_depend d on d.classid = part.classid and d.objid = part.objid and d.deptype = 'n'
       left join pg_catalog.pg_type y on d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass and y.oid = d.refobjid
      where w.way = 'needs' and d.refclassid in ('pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass, 'pg_catalog.pg_foreign_server'::pg_catalog.regclass)
        and (d.refclassid, d.refobjid) <> (self.classid, self.objid)
   ) s
   where w.goes_on and w.depth < 40 and (s.classid, s.objid) <> (w.classid, w.objid)
)
select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('way', f.way, 'key', f.key, 'parent', f.parent, 'object', f.object,
                              'catalogue', f.classid::pg_catalog.regclass::text, 'oid', f.objid::int8)) as dependencies
  from (select * from walk where depth > 0 limit 2000) f
