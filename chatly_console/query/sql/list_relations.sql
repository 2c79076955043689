-- $1: letters of pg_class.relkind; $2, $3: LIKE patterns for schema and name, empty schema for those in sight
select n.nspname as schema, c.relname as name,
       case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
            when 'm' then 'materialised view' when 'S' then 'sequence' when 'f' then 'foreign table'
            when 'i' then 'index' when 'I' then 'partitioned index' end as type,
       pg_catalog.pg_get_userbyid(c.relowner) as owner,
       case when c.reltuples >= 0 and c.relkind in ('r', 'p', 'm') then c.reltuples::int8 end as about_rows,
       pg_catalog.pg_size_pretty(pg_catalog.pg_total_relation_size(c.oid)) as size,
       pg_catalog.obj_description(c.oid, 'pg_class') as description
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where pg_catalog.strpos($1, c.relkind::text) > 0 and c.relname like $3
   and case when $2 = '' then n.nspname !~ '^(pg_|information_schema$)' else n.nspname like $2 end
 order by 1, 2
