-- What the demo's database was built from.
select pg_catalog.shobj_description(oid, 'pg_database') from pg_catalog.pg_database where datname = $1
