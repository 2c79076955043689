select r.name, c.reltuples::float8 as rows, pg_catalog.pg_total_relation_size(c.oid)::int8 as bytes,
       (select pg_catalog.count(*)::int4 from pg_catalog.pg_constraint k
         where k.confrelid = c.oid and k.contype = 'f' and k.conrelid <> c.oid) as foreign_keys,
       (select pg_catalog.count(distinct w.ev_class)::int4
          from pg_catalog.pg_depend d join pg_catalog.pg_rewrite w on w.oid = d.objid
         where d.refobjid = c.oid and d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
           and w.ev_class <> c.oid) as views,
       (select pg_catalog.count(*)::int4 from pg_catalog.pg_inherits i where i.inhparent = c.oid) as partitions
  from pg_catalog.jsonb_array_elements_text($1::pg_catalog.text::pg_catalog.jsonb) with ordinality r(name, place)
  join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(r.name)
 where c.relkind in ('r', 'p', 'v', 'm', 'f')
 order by r.place
