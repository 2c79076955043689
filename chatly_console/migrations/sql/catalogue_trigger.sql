select n.nspname as schema, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, t.tgname) as identity,
       pg_catalog.jsonb_build_object('definition', pg_catalog.pg_get_triggerdef(t.oid), 'enabled', t.tgenabled) as def
  from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where not t.tgisinternal and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e')
