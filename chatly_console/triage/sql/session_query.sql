-- the whole statement of one session, as far as the server keeps it, and how many bytes it keeps
select a.query, pg_catalog.octet_length(a.query) as bytes,
       pg_catalog.current_setting('track_activity_query_size')::pg_catalog.text as size,
       pg_catalog.octet_length(a.query) >= s.setting::int - 1 as is_cut
  from pg_catalog.pg_stat_activity a
 cross join pg_catalog.pg_settings s
 where a.pid = $1 and a.backend_start = $2 and s.name = 'track_activity_query_size';
