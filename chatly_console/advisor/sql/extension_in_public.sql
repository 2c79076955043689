select null::text as schema, null::text as relation, e.extname::text as object,
       'the extension is in the schema public, which the API exposes' as detail,
       case when e.extrelocatable then pg_catalog.format('alter extension %I set schema extensions;', e.extname)
            else '' end as fix
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
 where n.nspname = 'public' and e.extname <> 'plpgsql'
 order by 3
