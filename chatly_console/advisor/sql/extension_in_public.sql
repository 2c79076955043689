select e.extname::text as object, 'the extension is in the schema public, which the API exposes' as detail,
       pg_catalog.format('alter extension %I set schema extensions;', e.extname) as fix
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
 where n.nspname = 'public'
 order by 1;
