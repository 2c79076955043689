-- Extended statistics and text search.
select n.nspname as schema, pg_catalog.format('%I.%I', n.nspname, s.stxname) as identity,
       pg_catalog.jsonb_build_object('what', 'statistics', 'definition', pg_catalog.pg_get_statisticsobjdef(s.oid), 'target', nullif(s.stxstattarget, -1)) as def
  from pg_catalog.pg_statistic_ext s join pg_catalog.pg_namespace n on n.oid = s.stxnamespace where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
union all
select n.nspname, pg_catalog.format('%I.%I', n.nspname, f.cfgname),
       pg_catalog.jsonb_build_object('what', 'text search configuration', 'parser', p.prsname,
         'maps', (select pg_catalog.jsonb_agg(m.maptokentype || ' ' || m.mapseqno || ' ' || m.mapdict::pg_catalog.regdictionary::text order by m.maptokentype, m.mapseqno) from pg_catalog.pg_ts_config_map m where m.mapcfg = f.oid))
  from pg_catalog.pg_ts_config f join pg_catalog.pg_namespace n on n.oid = f.cfgnamespace join pg_catalog.pg_ts_parser p on p.oid = f.cfgparser where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_ts_config'::pg_catalog.regclass and d.objid = f.oid and d.deptype = 'e')
union all
select n.nspname, pg_catalog.format('%I.%I', n.nspname, t.dictname), pg_catalog.jsonb_build_object('what', 'text search dictionary', 'template', m.tmplname, 'options', t.dictinitoption)
  from pg_catalog.pg_ts_dict t join pg_catalog.pg_namespace n on n.oid = t.dictnamespace join pg_catalog.pg_ts_template m on m.oid = t.dicttemplate where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_ts_dict'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e')
union all
select n.nspname, pg_catalog.format('%I.%I', n.nspname, p.prsname), pg_catalog.jsonb_build_object('what', 'text search parser', 'start', p.prsstart::text, 'token', p.prstoken::text)
  from pg_catalog.pg_ts_parser p join pg_catalog.pg_namespace n on n.oid = p.prsnamespace where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_ts_parser'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
union all
select n.nspname, pg_catalog.format('%I.%I', n.nspname, m.tmplname), pg_catalog.jsonb_build_object('what', 'text search template', 'lexize', m.tmpllexize::text)
  from pg_catalog.pg_ts_template m join pg_catalog.pg_namespace n on n.oid = m.tmplnamespace where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_ts_template'::pg_catalog.regclass and d.objid = m.oid and d.deptype = 'e')
