-- What an object needs and what needs it, as far as that goes: a JSON list, each entry with the key of the one from which it
-- was reached, the nearest first, and with the number of all there are that way. What is reached twice is in it twice.
-- $1: its oid; {class}: the catalogue that it is in; {counted}: how many are gone through; {listed}: how many of each way are listed
with recursive walk (way, depth, classid, objid, key, parent, object, goes_on) as (
  select v.way, 0, {class}::pg_catalog.oid, $1::pg_catalog.oid, '', '', '', true
    from (values ('needs'), ('needed by')) v (way)
  union
  select w.way, w.depth + 1, s.classid, s.objid, coalesce(s.described, s.classid || ' ' || s.objid), w.key,
         coalesce(s.described, case s.classid when 'pg_catalog.pg_class'::pg_catalog.regclass then s.objid::pg_catalog.regclass::text
                                              when 'pg_catalog.pg_proc'::pg_catalog.regclass then s.objid::pg_catalog.regprocedure::text
                                              when 'pg_catalog.pg_type'::pg_catalog.regclass then pg_catalog.format_type(s.objid, null)
                                              else pg_catalog.pg_describe_object(s.classid, s.objid, 0) end),
         s.described is null and s.classid <> 'pg_catalog.pg_namespace'::pg_catalog.regclass
    from walk w
   cross join lateral (
     -- what needs it: views (by their rules), routines and types as a whole. A policy, a trigger, a default or a column is
     -- where it ends, since its table stands without it: that one is named with its table. What is in an extension stands for it
     select distinct case when d.classid in ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass, 'pg_catalog.pg_extension'::pg_catalog.regclass,
                                             'pg_catalog.pg_event_trigger'::pg_catalog.regclass, 'pg_catalog.pg_foreign_server'::pg_catalog.regclass) then d.classid
                          when pr.oid is not null then 'pg_catalog.pg_publication'::pg_catalog.regclass else 'pg_catalog.pg_class'::pg_catalog.regclass end as classid,
            case when d.classid in ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass, 'pg_catalog.pg_class'::pg_catalog.regclass) then coalesce(ix.indrelid, d.objid)
                 else coalesce(r.ev_class, a.adrelid, p.polrelid, t.tgrelid, nullif(k.conrelid, 0), k.contypid, pr.prpubid, d.objid) end as objid,
            case when r.rulename = '_RETURN' or (d.classid in ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass, 'pg_catalog.pg_extension'::pg_catalog.regclass,
                                                               'pg_catalog.pg_foreign_server'::pg_catalog.regclass) and d.objsubid = 0)
                   or (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = 0 and self.classid = 'pg_catalog.pg_foreign_server'::pg_catalog.regclass) then null
                 when pr.oid is not null then pg_catalog.pg_describe_object('pg_catalog.pg_publication'::pg_catalog.regclass, pr.prpubid, 0)
                 else pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) end as described
       from (select e.classid, e.objid, e.goes_in from (
               values (w.classid, w.objid, false),
                      ('pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid, case w.classid when 'pg_catalog.pg_class'::pg_catalog.regclass then (select c.reltype from pg_catalog.pg_class c where c.oid = w.objid)
                                             when 'pg_catalog.pg_type'::pg_catalog.regclass then (select y.typarray from pg_catalog.pg_type y where y.oid = w.objid) end, false)) e (classid, objid, goes_in)
             union all
             select m.classid, m.objid, true from pg_catalog.pg_depend m
              where w.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass and m.refclassid = w.classid and m.refobjid = w.objid and m.deptype = 'e'
             union all
             select m.classid, y.typarray, true from pg_catalog.pg_depend m join pg_catalog.pg_type y on y.oid = m.objid
              where w.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass and m.refclassid = w.classid and m.refobjid = w.objid and m.deptype = 'e'
                and m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
            ) as self
       join pg_catalog.pg_depend d on d.refclassid = self.classid and d.refobjid = self.objid
        and (d.deptype = 'n' or (d.deptype = 'a' and d.classid = 'pg_catalog.pg_publication_rel'::pg_catalog.regclass and self.classid = 'pg_catalog.pg_class'::pg_catalog.regclass))
       left join pg_catalog.pg_index ix on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and ix.indexrelid = d.objid
       left join pg_catalog.pg_rewrite r on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and r.oid = d.objid
       left join pg_catalog.pg_attrdef a on d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and a.oid = d.objid
       left join pg_catalog.pg_policy p on d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and p.oid = d.objid
       left join pg_catalog.pg_trigger t on d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass and t.oid = d.objid
       left join pg_catalog.pg_constraint k on d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass and k.oid = d.objid
       left join pg_catalog.pg_publication_rel pr on d.classid = 'pg_catalog.pg_publication_rel'::pg_catalog.regclass and pr.oid = d.objid
      where w.way = 'needed by' and k.contype is distinct from 'f' and r.ev_class is distinct from w.objid
        and not (self.goes_in and exists (  -- what is in the same extension, or a part of it, is no user of it
          select from pg_catalog.pg_depend o
           where o.refclassid = w.classid and o.refobjid = w.objid and o.deptype = 'e'
             and ((o.classid = d.classid and o.objid = d.objid) or (o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and o.objid in (r.ev_class, a.adrelid, t.tgrelid, k.conrelid))
                  or exists (select from pg_catalog.pg_depend b where b.classid = d.classid and b.objid = d.objid and b.refclassid = o.classid and b.refobjid = o.objid and b.deptype in ('i', 'a')))))
     union
     -- what it needs: itself, and by what hangs on it. What is in an extension needs that, and the rest is the extension's matter
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
        union all select b.classid, b.objid from pg_catalog.pg_depend b  -- the tables and schemas of a publication
                   where self.classid = 'pg_catalog.pg_publication'::pg_catalog.regclass and b.refclassid = self.classid and b.refobjid = self.objid and b.deptype = 'a'
           ) part (classid, objid)
       join pg_catalog.pg_depend d on d.classid = part.classid and d.objid = part.objid
        and (d.deptype = case when exists (select from pg_catalog.pg_depend e where e.classid = w.classid and e.objid = w.objid and e.deptype = 'e')
                              then 'e'::"char" else 'n'::"char" end or (d.deptype = 'a' and self.classid = 'pg_catalog.pg_publication'::pg_catalog.regclass and d.refclassid <> self.classid))
       left join pg_catalog.pg_type y on d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass and y.oid = d.refobjid
      where w.way = 'needs' and (d.refclassid, d.refobjid) <> (self.classid, self.objid)
        and (d.refclassid in ('pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass, 'pg_catalog.pg_foreign_server'::pg_catalog.regclass,
                              'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, 'pg_catalog.pg_extension'::pg_catalog.regclass)
             or (d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass and self.classid = 'pg_catalog.pg_publication'::pg_catalog.regclass))
   ) s
   where w.goes_on and w.depth < 40 and (s.classid, s.objid) <> (w.classid, w.objid)
), nearest as materialized (
  select w.*, pg_catalog.row_number() over (partition by w.way order by w.depth) as place
    from (select * from walk where depth > 0 limit {counted}) w
), numbers as (
  select n.way, pg_catalog.count(distinct (n.key, n.parent)) as number from nearest n group by n.way
)
select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('way', n.way, 'key', n.key, 'parent', n.parent, 'object', n.object,
                              'catalogue', n.classid::pg_catalog.regclass::text, 'oid', n.objid::int8, 'number', f.number)
                            order by n.depth, n.place) as dependencies
  from nearest n join numbers f on f.way = n.way
 where n.place <= {listed}
