-- how much of the 2^31 transaction numbers is used up, and where; and the size of this database
select d.datname::text as database, pg_catalog.age(d.datfrozenxid)::int8 as xid_age,
       pg_catalog.mxid_age(d.datminmxid)::int8 as mxid_age,
       pg_catalog.current_setting('autovacuum_freeze_max_age')::int8 as freeze_max_age,
       pg_catalog.pg_database_size(pg_catalog.current_database()) as database_bytes
  from pg_catalog.pg_database d
 order by greatest(pg_catalog.age(d.datfrozenxid), pg_catalog.mxid_age(d.datminmxid)) desc
 limit 1;
