-- The databases of this server that the login may connect to, but the one that it is in.
select d.datname::text as name,
       pg_catalog.pg_get_userbyid(d.datdba)::text as owner,
       coalesce(pg_catalog.shobj_description(d.oid, 'pg_database'), '') as comment
  from pg_catalog.pg_database d
 where d.datallowconn
   and not d.datistemplate
   and d.datname <> pg_catalog.current_database()
   and pg_catalog.has_database_privilege(d.oid, 'CONNECT')
 order by d.datname;
