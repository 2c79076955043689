select null::text as schema, null::text as relation, a.name::text as object,
       pg_catalog.format('version %s is installed, %s is offered', a.installed_version, a.default_version) as detail,
       pg_catalog.format('alter extension %I update;', a.name) as fix
  from pg_catalog.pg_available_extensions a
 where a.installed_version <> a.default_version
   and exists (select from pg_catalog.pg_available_extension_versions v where v.name = a.name and v.installed)
 order by 3
