-- One type: what CREATE TYPE or CREATE DOMAIN needs to make it again.
-- $1: its oid
with path as materialized (select pg_catalog.set_config('search_path', '', true))
select pg_catalog.format_type(t.typbasetype, t.typtypmod) as base, t.typdefault as default, t.typnotnull as not_null,
       case when t.typcollation <> 0 and t.typcollation <> (select b.typcollation from pg_catalog.pg_type b where b.oid = t.typbasetype)
            then t.typcollation::pg_catalog.regcollation::text end as collation,
       (select pg_catalog.jsonb_agg(pg_catalog.format('constraint %I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid)) order by k.oid)
          from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c') as checks,
       (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
                   || case when a.attcollation <> ft.typcollation then ' collate ' || a.attcollation::pg_catalog.regcollation::text else '' end)
                 order by a.attnum)
          from pg_catalog.pg_attribute a
          join pg_catalog.pg_type ft on ft.oid = a.atttypid
         where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) as fields,
       (select pg_catalog.concat_ws(', ', 'subtype = ' || pg_catalog.format_type(r.rngsubtype, null),
                 case when not c.opcdefault then 'subtype_opclass = ' || pg_catalog.format('%I.%I', cn.nspname, c.opcname) end,
                 case when r.rngcollation <> 0 and r.rngcollation <> s.typcollation then 'collation = ' || r.rngcollation::pg_catalog.regcollation::text end,
                 'canonical = ' || nullif(r.rngcanonical::pg_catalog.oid, 0)::pg_catalog.regproc::text,
                 'subtype_diff = ' || nullif(r.rngsubdiff::pg_catalog.oid, 0)::pg_catalog.regproc::text,
                 'multirange_type_name = ' || r.rngmultitypid::pg_catalog.regtype::text)
          from pg_catalog.pg_range r
          join pg_catalog.pg_type s on s.oid = r.rngsubtype
          join pg_catalog.pg_opclass c on c.oid = r.rngsubopc
          join pg_catalog.pg_namespace cn on cn.oid = c.opcnamespace
         where r.rngtypid = t.oid) as range,
       (dependencies) as dependencies
  from path, pg_catalog.pg_type t
 where t.oid = $1::pg_catalog.oid;
