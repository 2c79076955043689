select coalesce(i.schema, case when i.type = 'schema' then i.name end, '') as schema, i.type || ' ' || i.identity as identity, pg_catalog.jsonb_build_object('comment', c.description) as def
  from pg_catalog.pg_description c, lateral pg_catalog.pg_identify_object(c.classoid, c.objoid, c.objsubid) i
 where c.objoid >= 16384 and i.type is not null and coalesce(i.schema, '') not like 'pg\_%'
   and not exists (select from pg_catalog.pg_depend d where d.classid = c.classoid and d.objid = c.objoid and d.deptype = 'e')
union all
select coalesce(i.schema, ''), 'label of ' || l.provider || ' on ' || i.type || ' ' || i.identity, pg_catalog.jsonb_build_object('label', l.label)
  from pg_catalog.pg_seclabel l, lateral pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) i where l.objoid >= 16384
