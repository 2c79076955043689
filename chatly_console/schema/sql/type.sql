-- One type: what CREATE TYPE or CREATE DOMAIN needs to make it again.
-- $1: its oid
with path as materialized (select pg_catalog.set_config('search_path', '', true))
select pg_catalog.format_type(t.typbasetype, t.typtypmod) as base, t.typdefault as default, t.typnotnull as not_null,
       (select pg_catalog.jsonb_agg(pg_catalog.pg_get_constraintdef(k.oid) order by k.conname)
          from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c') as checks,
       (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod))
                 order by a.attnum)
          from pg_catalog.pg_attribute a
         where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) as fields,
       (select pg_catalog.format_type(r.rngsubtype, null) from pg_catalog.pg_range r where r.rngtypid = t.oid) as subtype
  from path, pg_catalog.pg_type t
 where t.oid = $1::pg_catalog.oid;
