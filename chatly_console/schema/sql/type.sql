-- One type: what CREATE TYPE or CREATE DOMAIN needs to make it again.
-- $1: its oid
with path as materialized (select pg_catalog.set_config('search_path', '', true))
select pg_catalog.format_type(t.typbasetype, t.typtypmod) as base, t.typdefault as default, t.typnotnull as not_null,
       (select k.conname from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'n'
           and k.conname <> pg_catalog.concat(t.typname, '_not_null')) as null_name,
       case when t.typcollation <> 0 and t.typcollation <> (select b.typcollation from pg_catalog.pg_type b where b.oid = t.typbasetype)
            then t.typcollation::pg_catalog.regcollation::text end as collation,
       (select pg_catalog.jsonb_agg(pg_catalog.format('constraint %I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid)) order by k.oid)
          from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c' and k.convalidated) as checks,
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
       -- a base type: its shell, the functions that read and write it, and then the type itself
       case when t.typtype = 'b' then pg_catalog.format(E'create type %s;\n\n', t.oid::pg_catalog.regtype)
         || (select pg_catalog.string_agg(pg_catalog.pg_get_functiondef(p.oid) || E';\n\n', '' order by p.oid) from pg_catalog.pg_proc p
              where p.oid in (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout, t.typanalyze)
                and p.pronamespace <> 'pg_catalog'::pg_catalog.regnamespace)
         || pg_catalog.format(E'create type %s (\n  %s\n);', t.oid::pg_catalog.regtype, pg_catalog.concat_ws(E',\n  ',
              'input = ' || t.typinput::text, 'output = ' || t.typoutput::text,
              'receive = ' || nullif(t.typreceive::pg_catalog.oid, 0)::pg_catalog.regproc::text,
              'send = ' || nullif(t.typsend::pg_catalog.oid, 0)::pg_catalog.regproc::text,
              'typmod_in = ' || nullif(t.typmodin::pg_catalog.oid, 0)::pg_catalog.regproc::text,
              'typmod_out = ' || nullif(t.typmodout::pg_catalog.oid, 0)::pg_catalog.regproc::text,
              'analyze = ' || nullif(t.typanalyze::pg_catalog.oid, 0)::pg_catalog.regproc::text,
              'subscript = ' || nullif(t.typsubscript::pg_catalog.oid, 0)::pg_catalog.regproc::text,
              'internallength = ' || case when t.typlen < 0 then 'variable' else t.typlen::text end,
              case when t.typbyval then 'passedbyvalue' end,
              'alignment = ' || case t.typalign when 'c' then 'char' when 's' then 'int2' when 'd' then 'double' else 'int4' end,
              'storage = ' || case t.typstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end,
              'category = ' || pg_catalog.quote_literal(t.typcategory::text), case when t.typispreferred then 'preferred = true' end,
              'default = ' || pg_catalog.quote_literal(t.typdefault),
              'element = ' || pg_catalog.format_type(nullif(t.typelem, 0), null),
              'delimiter = ' || pg_catalog.quote_literal(nullif(t.typdelim::text, ',')),
              case when t.typcollation <> 0 then 'collatable = true' end)) end as base_type,
       (select pg_catalog.jsonb_agg(f.statement order by f.rank, f.statement) from (
          select 1 as rank, pg_catalog.format('alter domain %s add constraint %I %s;', t.oid::pg_catalog.regtype, k.conname,
                              pg_catalog.pg_get_constraintdef(k.oid)) as statement
            from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c' and not k.convalidated
          union all
          select 2, pg_catalog.format('comment on constraint %I on domain %s is %L;', k.conname, t.oid::pg_catalog.regtype, d.description)
            from pg_catalog.pg_constraint k
            join pg_catalog.pg_description d on d.objoid = k.oid and d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
           where k.contypid = t.oid and k.contype in ('c', 'n')
          union all
          select 2, pg_catalog.format('comment on column %s.%I is %L;', t.oid::pg_catalog.regtype, a.attname, d.description)
            from pg_catalog.pg_attribute a
            join pg_catalog.pg_description d on d.objoid = a.attrelid and d.objsubid = a.attnum and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
           where a.attrelid = t.typrelid and a.attnum > 0
          union all
          select 3, pg_catalog.format('revoke all on type %s from public;', t.oid::pg_catalog.regtype)
           where t.typacl is not null and not exists (select from pg_catalog.aclexplode(t.typacl) g where g.grantee = 0)
          union all
          select 3, pg_catalog.format('revoke usage on type %s from %I;', t.oid::pg_catalog.regtype, pg_catalog.pg_get_userbyid(t.typowner))
           where t.typacl is not null and not exists (select from pg_catalog.aclexplode(t.typacl) g where g.grantee = t.typowner)
          union all
          select 4, pg_catalog.format('grant usage on type %s to %I%s;', t.oid::pg_catalog.regtype, pg_catalog.pg_get_userbyid(g.grantee),
                      case when g.is_grantable then ' with grant option' else '' end)
            from pg_catalog.aclexplode(t.typacl) g where g.grantee not in (0, t.typowner)) f) as more,
       (labels) as labels, (dependencies) as dependencies
  from path, pg_catalog.pg_type t
 where t.oid = $1::pg_catalog.oid;
