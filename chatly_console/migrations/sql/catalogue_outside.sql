-- What leads out of the database or watches all of it: publications, subscriptions, foreign servers, event triggers, languages.
select '' as schema, p.pubname::text as identity,
       pg_catalog.jsonb_build_object('what', 'publication', 'owner', pg_catalog.pg_get_userbyid(p.pubowner), 'all tables', p.puballtables,
         'actions', pg_catalog.jsonb_build_array(p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate), 'via root', p.pubviaroot,
         'tables', case when not p.puballtables then (select pg_catalog.jsonb_agg(pg_catalog.to_jsonb(t) - 'pubname' order by t.schemaname, t.tablename) from pg_catalog.pg_publication_tables t where t.pubname = p.pubname) end) as def
  from pg_catalog.pg_publication p where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_publication'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
union all
select '', s.subname, pg_catalog.jsonb_build_object('what', 'subscription', 'enabled', s.subenabled, 'publications', pg_catalog.to_jsonb(s.subpublications), 'slot', s.subslotname)
  from pg_catalog.pg_subscription s where s.subdbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
    and pg_catalog.has_column_privilege('pg_catalog.pg_subscription', 'subslotname', 'select')
union all
select '', f.fdwname, pg_catalog.jsonb_build_object('what', 'foreign data wrapper', 'handler', f.fdwhandler::pg_catalog.regproc::text, 'validator', f.fdwvalidator::pg_catalog.regproc::text, 'options', pg_catalog.to_jsonb(f.fdwoptions), 'acl', (select pg_catalog.jsonb_agg(x.g order by x.g) from (select case when a.grantee = f.fdwowner then 'owner' when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee) end || ':' || a.privilege_type || case when a.is_grantable then '*' else '' end as g from pg_catalog.aclexplode(coalesce(f.fdwacl, pg_catalog.acldefault('F', f.fdwowner))) a) x))
  from pg_catalog.pg_foreign_data_wrapper f where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass and d.objid = f.oid and d.deptype = 'e')
union all
select '', s.srvname, pg_catalog.jsonb_build_object('what', 'foreign server', 'wrapper', f.fdwname, 'type', s.srvtype, 'version', s.srvversion,
         'options', (select pg_catalog.jsonb_agg(o order by o) from pg_catalog.unnest(s.srvoptions) o where o not like 'password=%'), 'acl', (select pg_catalog.jsonb_agg(x.g order by x.g) from (select case when a.grantee = s.srvowner then 'owner' when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee) end || ':' || a.privilege_type || case when a.is_grantable then '*' else '' end as g from pg_catalog.aclexplode(coalesce(s.srvacl, pg_catalog.acldefault('S', s.srvowner))) a) x))
  from pg_catalog.pg_foreign_server s join pg_catalog.pg_foreign_data_wrapper f on f.oid = s.srvfdw where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_foreign_server'::pg_catalog.regclass and d.objid = s.oid and d.deptype = 'e')
union all
select '', pg_catalog.format('%s for %s', m.srvname, m.usename), pg_catalog.jsonb_build_object('what', 'user mapping') from pg_catalog.pg_user_mappings m
union all
select n.nspname, pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.jsonb_build_object('what', 'foreign table', 'server', s.srvname, 'options', pg_catalog.to_jsonb(t.ftoptions))
  from pg_catalog.pg_foreign_table t join pg_catalog.pg_class c on c.oid = t.ftrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace join pg_catalog.pg_foreign_server s on s.oid = t.ftserver where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
union all
select '', e.evtname, pg_catalog.jsonb_build_object('what', 'event trigger', 'event', e.evtevent, 'function', e.evtfoid::pg_catalog.regproc::text, 'enabled', e.evtenabled, 'tags', pg_catalog.to_jsonb(e.evttags))
  from pg_catalog.pg_event_trigger e where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass and d.objid = e.oid and d.deptype = 'e')
union all
select '', l.lanname, pg_catalog.jsonb_build_object('what', 'language', 'trusted', l.lanpltrusted, 'acl', (select pg_catalog.jsonb_agg(x.g order by x.g) from (select case when a.grantee = l.lanowner then 'owner' when a.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(a.grantee) end || ':' || a.privilege_type || case when a.is_grantable then '*' else '' end as g from pg_catalog.aclexplode(coalesce(l.lanacl, pg_catalog.acldefault('l', l.lanowner))) a) x))
  from pg_catalog.pg_language l where l.lanispl and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_language'::pg_catalog.regclass and d.objid = l.oid and d.deptype = 'e')
union all
select '', a.amname, pg_catalog.jsonb_build_object('what', 'access method', 'type', a.amtype, 'handler', a.amhandler::text) from pg_catalog.pg_am a where a.oid >= 16384 and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_am'::pg_catalog.regclass and d.objid = a.oid and d.deptype = 'e')
union all
select '', pg_catalog.format('for %s language %s', pg_catalog.format_type(t.trftype, null), l.lanname), pg_catalog.jsonb_build_object('what', 'transform', 'from', t.trffromsql::text, 'to', t.trftosql::text)
  from pg_catalog.pg_transform t join pg_catalog.pg_language l on l.oid = t.trflang where not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_transform'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e')
