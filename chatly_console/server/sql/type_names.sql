-- $1: oids, separated by commas
select t.oid, pg_catalog.format_type(t.oid, null) as name
  from pg_catalog.pg_type t
 where t.oid::text = any (pg_catalog.string_to_array($1, ','));
