-- $1: a LIKE pattern
select d.datname as name, pg_catalog.pg_get_userbyid(d.datdba) as owner,
       pg_catalog.pg_encoding_to_char(d.encoding) as encoding, d.datcollate as collation,
       case when pg_catalog.has_database_privilege(d.oid, 'CONNECT')
            then pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(d.oid)) end as size,
       pg_catalog.shobj_description(d.oid, 'pg_database') as description
  from pg_catalog.pg_database d
 where d.datname like $1
 order by 1
