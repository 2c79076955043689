-- How large each table and materialized view is, as the catalogue last knew; $1 is a comma list of schemas to leave out.
select n.nspname as schema, c.relname as relation,
       case when c.reltuples < 0 then '' else pg_catalog.format('about %s rows, ', pg_catalog.to_char(c.reltuples, 'FM999,999,999,990')) end
       || pg_catalog.pg_size_pretty(c.relpages * pg_catalog.current_setting('block_size')::bigint)
       || case when c.reltuples < 0 then ' when it was last looked at' else '' end as words
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'm') and n.nspname <> all (pg_catalog.string_to_array($1, ','))
