-- One extension that is installed: what it needs, and what uses the objects in it.
-- $1: its oid
with path as materialized (select pg_catalog.set_config('search_path', '', true))
select (dependencies) as dependencies from path, pg_catalog.pg_extension e where e.oid = $1::pg_catalog.oid;
