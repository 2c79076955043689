-- $1: a part of the name. The roles that the login may become, those of the API first.
select r.rolname as name,
       pg_catalog.concat_ws(', ', case when r.rolsuper then 'superuser' end,
                            case when r.rolbypassrls then 'bypasses row policies' end) as traits
  from pg_catalog.pg_roles r
 where pg_catalog.pg_has_role(r.oid, 'MEMBER')
   and r.rolname not like 'pg\_%' and r.rolname <> current_user
   and pg_catalog.strpos(pg_catalog.lower(r.rolname), pg_catalog.lower($1)) > 0
 order by r.rolname not in ('anon', 'authenticated', 'service_role'), r.rolname
 limit 20;
