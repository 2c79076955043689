select n.nspname as schema, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, p.polname) as identity,
       pg_catalog.jsonb_build_object(
         'command', p.polcmd, 'permissive', p.polpermissive,
         'roles', (select pg_catalog.jsonb_agg(case when r = 0 then 'public' else pg_catalog.pg_get_userbyid(r)::text end order by 1) from pg_catalog.unnest(p.polroles) r),
         'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid), 'with check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) as def
  from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
