-- Every column that holds vectors (types of the extension wherever it lives, and bit strings of at least 8 bits), with
-- the key and the other columns of its table, the full text that is indexed, and the indexes over it.
with vector_types as (
  select t.oid, t.typname
    from pg_catalog.pg_extension e
    join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid
     and d.classid = 'pg_catalog.pg_type'::regclass and d.deptype = 'e'
    join pg_catalog.pg_type t on t.oid = d.objid
   where e.extname = 'vector' and t.typname in ('vector', 'halfvec', 'sparsevec')
   union all
  select 'pg_catalog.bit'::regtype, 'bit'
)
select n.nspname as schema, c.relname as "table", a.attname as "column", v.typname as type,
       a.atttypmod as dimensions, greatest(c.reltuples, 0)::bigint as rows, c.relrowsecurity as row_security,
       coalesce((select jsonb_agg(k.attname order by p.place)
                   from pg_catalog.pg_index i
                   cross join unnest(i.indkey::int2[]) with ordinality as p(attnum, place)
                   join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attnum = p.attnum
                  where i.indrelid = c.oid and i.indisprimary), '[]') as key,
       (select jsonb_agg(jsonb_build_object('name', o.attname, 'type', pg_catalog.format_type(o.atttypid, null),
                         'references', exists (select from pg_catalog.pg_constraint f
                                                where f.conrelid = c.oid and f.contype = 'f' and f.conkey[1] = o.attnum))
                         order by o.attnum)
          from pg_catalog.pg_attribute o
         where o.attrelid = c.oid and o.attnum > 0 and not o.attisdropped and o.attnum <> a.attnum) as others,
       (select jsonb_agg(jsonb_build_object('expression', pg_catalog.pg_get_indexdef(i.indexrelid, 1, true),
                         'made', pg_catalog.pg_get_expr(d.adbin, d.adrelid)) order by i.indexrelid)
          from pg_catalog.pg_index i
          join pg_catalog.pg_opclass oc on oc.oid = i.indclass[0]
          left join pg_catalog.pg_attrdef d on d.adrelid = c.oid and d.adnum = i.indkey[0]
         where i.indrelid = c.oid and i.indisvalid and i.indpred is null
           and oc.opcintype = 'pg_catalog.tsvector'::regtype) as texts,
       coalesce((select jsonb_agg(jsonb_build_object(
                   'name', ic.relname, 'method', am.amname, 'class', oc.opcname, 'options', to_jsonb(ic.reloptions),
                   'valid', i.indisvalid and i.indisready, 'plain', i.indkey[0] = a.attnum,
                   'predicate', pg_catalog.pg_get_expr(i.indpred, i.indrelid),
                   'bytes', pg_catalog.pg_relation_size(ic.oid), 'rows', greatest(ic.reltuples, 0)::bigint,
                   'definition', pg_catalog.pg_get_indexdef(ic.oid)) order by ic.relname)
                   from pg_catalog.pg_index i
                   join pg_catalog.pg_class ic on ic.oid = i.indexrelid
                   join pg_catalog.pg_am am on am.oid = ic.relam
                   join pg_catalog.pg_opclass oc on oc.oid = i.indclass[0]
                  where i.indrelid = c.oid and am.amname in ('ivfflat', 'hnsw')
                    and (i.indkey[0] = a.attnum
                         or i.indkey[0] = 0 and exists (
                              select from pg_catalog.pg_depend d
                               where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = ic.oid
                                 and d.refclassid = 'pg_catalog.pg_class'::regclass
                                 and d.refobjid = c.oid and d.refobjsubid = a.attnum))), '[]') as indexes
  from pg_catalog.pg_attribute a
  join vector_types v on v.oid = a.atttypid
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where a.attnum > 0 and not a.attisdropped
   and (v.typname <> 'bit' or a.atttypmod >= 8)
   and c.relkind in ('r', 'p', 'm', 'f') and not c.relispartition
   and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
 order by greatest(c.reltuples, 0) desc, 1, 2, v.typname = 'bit', a.attnum;
