-- Operators, operator classes, casts, collations, conversions: what calculates and compares.
select n.nspname as schema, o.oid::pg_catalog.regoperator::text as identity,
       pg_catalog.jsonb_build_object('what', 'operator', 'function', o.oprcode::text, 'commutator', o.oprcom::pg_catalog.regoperator::text, 'negator', o.oprnegate::pg_catalog.regoperator::text,
         'restrict', o.oprrest::text, 'join', o.oprjoin::text, 'hash', o.oprcanhash, 'merge', o.oprcanmerge) as def
  from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass and d.objid = o.oid and d.deptype = 'e')
union all
select n.nspname, pg_catalog.format('%I.%I using %s', n.nspname, o.opcname, am.amname),
       pg_catalog.jsonb_build_object('what', 'operator class', 'type', pg_catalog.format_type(o.opcintype, null), 'default', o.opcdefault, 'stored', pg_catalog.format_type(nullif(o.opckeytype, 0), null),
         'operators', (select pg_catalog.jsonb_agg(a.amopstrategy || ' ' || a.amopopr::pg_catalog.regoperator::text order by a.amopstrategy) from pg_catalog.pg_amop a where a.amopfamily = o.opcfamily),
         'functions', (select pg_catalog.jsonb_agg(a.amprocnum || ' ' || a.amproc::text order by a.amprocnum) from pg_catalog.pg_amproc a where a.amprocfamily = o.opcfamily))
  from pg_catalog.pg_opclass o join pg_catalog.pg_namespace n on n.oid = o.opcnamespace join pg_catalog.pg_am am on am.oid = o.opcmethod where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_opclass'::pg_catalog.regclass and d.objid = o.oid and d.deptype = 'e')
union all
select '', pg_catalog.format('(%s as %s)', pg_catalog.format_type(k.castsource, null), pg_catalog.format_type(k.casttarget, null)),
       pg_catalog.jsonb_build_object('what', 'cast', 'function', nullif(k.castfunc, 0)::pg_catalog.regprocedure::text, 'context', k.castcontext, 'method', k.castmethod)
  from pg_catalog.pg_cast k where k.oid >= 16384 and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass and d.objid = k.oid and d.deptype = 'e')
union all
select n.nspname, pg_catalog.format('%I.%I', n.nspname, l.collname),
       pg_catalog.jsonb_build_object('what', 'collation', 'provider', l.collprovider, 'deterministic', l.collisdeterministic, 'collate', l.collcollate, 'ctype', l.collctype,
         'locale', coalesce(pg_catalog.to_jsonb(l) ->> 'colllocale', pg_catalog.to_jsonb(l) ->> 'colliculocale'))
  from pg_catalog.pg_collation l join pg_catalog.pg_namespace n on n.oid = l.collnamespace where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_collation'::pg_catalog.regclass and d.objid = l.oid and d.deptype = 'e')
union all
select n.nspname, pg_catalog.format('%I.%I', n.nspname, v.conname),
       pg_catalog.jsonb_build_object('what', 'conversion', 'from', pg_catalog.pg_encoding_to_char(v.conforencoding), 'to', pg_catalog.pg_encoding_to_char(v.contoencoding), 'function', v.conproc::text)
  from pg_catalog.pg_conversion v join pg_catalog.pg_namespace n on n.oid = v.connamespace where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_conversion'::pg_catalog.regclass and d.objid = v.oid and d.deptype = 'e')
