-- the texts of these statements only: the ids come as a json array; {schema} is the extension's
select s.queryid as query_id, pg_catalog.left(min(s.query), 8000) as query
  from {schema}.pg_stat_statements(true) s
 where s.queryid in (select value::int8 from pg_catalog.jsonb_array_elements_text($1::text::jsonb))
 group by s.queryid;
