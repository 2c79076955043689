-- How many rows a table that has just been analysed has, and in which schema it lies ($1: its name, quoted).
select c.reltuples::bigint::text, n.nspname::text
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.oid = $1::pg_catalog.regclass;
