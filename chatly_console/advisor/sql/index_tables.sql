-- Tables by their names (schema.name, one a line): size as it is now, what the statistics say of their columns, their
-- indexes, how much is written to them, and which extensions could bring an operator class.
select n.nspname as schema, c.relname as name, greatest(c.reltuples, s.n_live_tup, 0)::float8 as rows,
       now.pages, least(c.relallvisible / greatest(now.pages, 1), 1)::float8 as all_visible,
       (coalesce(s.n_tup_ins, 0) + coalesce(s.n_tup_upd, 0))::float8 as writes,
       (coalesce(s.n_tup_hot_upd, 0) / greatest(s.n_tup_upd, 1)::float8)::float8 as hot_share,
       (extract(epoch from pg_catalog.now() - coalesce(d.stats_reset, pg_catalog.pg_postmaster_start_time())) / 3600)::float8
       as hours,
       (select coalesce(pg_catalog.jsonb_object_agg(a.attname, pg_catalog.jsonb_build_object(
                 'type', case when y.typnamespace = 'pg_catalog'::regnamespace
                              then pg_catalog.format_type(a.atttypid, null) else y.typname::text end,
                 'type_schema', case when y.typnamespace = 'pg_catalog'::regnamespace then ''
                                     else y.typnamespace::regnamespace::text end,
                 'category', y.typcategory::text, 'dimensions', greatest(a.atttypmod, 0), 'width', t.avg_width,
                 'distinct', case when t.n_distinct < 0 then -t.n_distinct * greatest(c.reltuples, 0) else t.n_distinct end,
                 'nulls', t.null_frac, 'correlation', t.correlation,
                 'middle', (t.histogram_bounds::text::text[])[
                           1 + pg_catalog.array_length(t.histogram_bounds::text::text[], 1) / 2],
                 'last', (t.histogram_bounds::text::text[])[pg_catalog.array_length(t.histogram_bounds::text::text[], 1)],
                 'values', t.most_common_vals::text::text[], 'shares', t.most_common_freqs)), '{}')
          from pg_catalog.pg_attribute a
          join pg_catalog.pg_type y on y.oid = a.atttypid
          left join pg_catalog.pg_stats t on t.schemaname = n.nspname and t.tablename = c.relname and t.attname = a.attname
                                             and not t.inherited
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
       (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                 'name', i.relname, 'method', m.amname, 'partial', x.indpred is not null, 'valid', x.indisvalid,
                 'plain', not x.indisunique and not x.indisreplident,
                 'definition', pg_catalog.pg_get_indexdef(x.indexrelid),
                 'columns', (select pg_catalog.jsonb_agg(pg_catalog.pg_get_indexdef(x.indexrelid, k, true) order by k)
                               from pg_catalog.generate_series(1, x.indnkeyatts) as k))), '[]')
          from pg_catalog.pg_index x
          join pg_catalog.pg_class i on i.oid = x.indexrelid
          join pg_catalog.pg_am m on m.oid = i.relam
         where x.indrelid = c.oid) as indexes,
       (select coalesce(pg_catalog.jsonb_object_agg(e.extname, e.extnamespace::regnamespace::text), '{}')
          from pg_catalog.pg_extension e where e.extname = 'pg_trgm') as extensions
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_stat_user_tables s on s.relid = c.oid
 cross join (select stats_reset from pg_catalog.pg_stat_database where datname = pg_catalog.current_database()) d
 cross join lateral (select pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::float8 as pages) now
 where c.relkind in ('r', 'm') and n.nspname || '.' || c.relname = any (pg_catalog.string_to_array($1, pg_catalog.chr(10)))
