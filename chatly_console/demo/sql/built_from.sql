-- What the demo was built from, and how many days ago: a database is as old as the first file of its folder.
select pg_catalog.shobj_description(d.oid, 'pg_database') as comment,
       pg_catalog.date_part('day', pg_catalog.now() - f.modification) as days
  from pg_catalog.pg_database d
  cross join lateral pg_catalog.pg_stat_file('base/' || d.oid || '/PG_VERSION') f
 where d.datname = $1
