-- The size and the column types of tables that statements name; of a name that is not there, nothing.
select w.name, c.relkind::text as kind,
       greatest(c.reltuples, coalesce(s.n_live_tup, 0)::real, 0)::float8 as rows,
       case when c.relkind in ('r', 'm', 'p') then pg_catalog.pg_table_size(c.oid) else 0 end::float8 as bytes,
       case when c.relkind in ('r', 'm', 'p') then pg_catalog.pg_indexes_size(c.oid) else 0 end::float8 as index_bytes,
       (select pg_catalog.jsonb_object_agg(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)) from pg_catalog.pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as types
  from pg_catalog.jsonb_array_elements_text($1::jsonb) w (name)
  join pg_catalog.pg_class c on c.oid = pg_catalog.to_regclass(w.name)
  left join pg_catalog.pg_stat_user_tables s on s.relid = c.oid;
