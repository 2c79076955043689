-- The extensions that Chatly knows of: offered by the server, and installed here.
select w.name,
       a.default_version as offered,
       e.extversion as installed
  from pg_catalog.jsonb_array_elements_text($1::text::jsonb) as w(name)
  left join pg_catalog.pg_available_extensions a on a.name = w.name
  left join pg_catalog.pg_extension e on e.extname = w.name
 order by w.name;
