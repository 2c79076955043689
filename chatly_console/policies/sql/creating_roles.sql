-- Where a role of the API may create a table: without one, REFERENCES is of no use to it.
select r.rolname as role, pg_catalog.min(n.nspname) as schema
  from pg_catalog.pg_roles r
  join pg_catalog.pg_namespace n
    on n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
   and pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE') and pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
 where r.rolname in ('anon', 'authenticated')
 group by r.rolname;
