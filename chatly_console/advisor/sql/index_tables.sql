-- Tables by their names (schema.name, one a line): size as it is now, what the statistics say of their columns, their
-- indexes, how much is written to them, and which extensions could bring an operator class. Figures of a partitioned
-- table are those of all its partitions; `root` is the topmost table that one is a part of.
select n.nspname as schema, c.relname as name,
       not pg_catalog.has_any_column_privilege(c.oid, 'select') or pg_catalog.row_security_active(c.oid) as hidden, parts.rows, parts.pages,
       least(parts.visible / greatest(parts.pages, 1), 1)::float8 as all_visible,
       (parts.inserted + parts.updated)::float8 as writes,
       (parts.hot / greatest(parts.updated, 1)::float8)::float8 as hot_share,
       (extract(epoch from pg_catalog.now() - coalesce(d.stats_reset, pg_catalog.pg_postmaster_start_time())) / 3600)::float8
       as hours,
       case when c.relispartition
            then (select rn.nspname || '.' || r.relname
                    from pg_catalog.pg_class r join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
                   where r.oid = pg_catalog.pg_partition_root(c.oid)) end as root,
       (select coalesce(pg_catalog.jsonb_object_agg(a.attname, pg_catalog.jsonb_build_object(
                 'type', case when y.typnamespace = 'pg_catalog'::regnamespace
                              then pg_catalog.format_type(a.atttypid, null) else y.typname::text end,
                 'type_schema', case when y.typnamespace = 'pg_catalog'::regnamespace then ''
                                     else y.typnamespace::regnamespace::text end,
                 'category', y.typcategory::text, 'dimensions', greatest(a.atttypmod, 0), 'width', t.avg_width,
                 'distinct', case when t.n_distinct < 0 then -t.n_distinct * parts.rows else t.n_distinct end,
                 'nulls', t.null_frac, 'correlation', t.correlation,
                 'middle', (t.histogram_bounds::text::text[])[
                           1 + pg_catalog.array_length(t.histogram_bounds::text::text[], 1) / 2],
                 'last', (t.histogram_bounds::text::text[])[pg_catalog.array_length(t.histogram_bounds::text::text[], 1)],
                 'values', t.most_common_vals::text::text[], 'shares', t.most_common_freqs)), '{}')
          from pg_catalog.pg_attribute a
          join pg_catalog.pg_type y on y.oid = a.atttypid
          left join pg_catalog.pg_stats t on t.schemaname = n.nspname and t.tablename = c.relname and t.attname = a.attname
                                             and t.inherited = (c.relkind = 'p')
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
       (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                 'name', i.relname, 'method', m.amname, 'valid', x.indisvalid, 'attached', i.relispartition,
                 'plain', not x.indisunique and not x.indisreplident,
                 'where', pg_catalog.pg_get_expr(x.indpred, x.indrelid), 'options', i.reloptions,
                 'columns', (select pg_catalog.jsonb_agg(pg_catalog.pg_get_indexdef(x.indexrelid, k, true) order by k)
                               from pg_catalog.generate_series(1, x.indnkeyatts) as k),
                 'include', (select pg_catalog.jsonb_agg(pg_catalog.pg_get_indexdef(x.indexrelid, k, true) order by k)
                               from pg_catalog.generate_series(x.indnkeyatts + 1, x.indnatts) as k),
                 'orders', (select pg_catalog.jsonb_agg(o.option order by o.k)
                              from pg_catalog.unnest(x.indoption) with ordinality as o (option, k)),
                 'opclasses', (select pg_catalog.jsonb_agg(oc.opcname::text order by o.k)
                                 from pg_catalog.unnest(x.indclass) with ordinality as o (class, k)
                                 join pg_catalog.pg_opclass oc on oc.oid = o.class),
                 'standard', (select pg_catalog.jsonb_agg(oc.opcdefault order by o.k)
                                from pg_catalog.unnest(x.indclass) with ordinality as o (class, k)
                                join pg_catalog.pg_opclass oc on oc.oid = o.class))), '[]')
          from pg_catalog.pg_index x
          join pg_catalog.pg_class i on i.oid = x.indexrelid
          join pg_catalog.pg_am m on m.oid = i.relam
         where x.indrelid = c.oid) as indexes,
       (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                 'schema', ln.nspname, 'name', l.relname, 'leaf', t.isleaf, 'foreign', l.relkind = 'f',
                 'indexes', (select pg_catalog.jsonb_agg(ic.relname order by ic.relname)
                               from pg_catalog.pg_index ix join pg_catalog.pg_class ic on ic.oid = ix.indexrelid
                              where ix.indrelid = l.oid and ix.indisvalid),
                 'parent', pg_catalog.format('%I.%I', un.nspname, u.relname)) order by t.level, ln.nspname, l.relname), '[]')
          from pg_catalog.pg_partition_tree(case when c.relkind = 'p' then c.oid end) t
          join pg_catalog.pg_class l on l.oid = t.relid
          join pg_catalog.pg_namespace ln on ln.oid = l.relnamespace
          join pg_catalog.pg_class u on u.oid = t.parentrelid
          join pg_catalog.pg_namespace un on un.oid = u.relnamespace
         where t.relid <> c.oid) as partitions,
       (select coalesce(pg_catalog.jsonb_object_agg(e.extname, e.extnamespace::regnamespace::text), '{}')
          from pg_catalog.pg_extension e where e.extname = 'pg_trgm') as extensions
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join (select stats_reset from pg_catalog.pg_stat_database where datname = pg_catalog.current_database()) d
 cross join lateral (
       select coalesce(pg_catalog.sum(greatest(l.reltuples, s.n_live_tup, 0)), 0)::float8 as rows,
              coalesce(pg_catalog.sum(pg_catalog.pg_relation_size(l.oid) / pg_catalog.current_setting('block_size')::float8), 0)
              as pages,
              coalesce(pg_catalog.sum(l.relallvisible), 0)::float8 as visible,
              coalesce(pg_catalog.sum(s.n_tup_ins), 0)::float8 as inserted,
              coalesce(pg_catalog.sum(s.n_tup_upd), 0)::float8 as updated,
              coalesce(pg_catalog.sum(s.n_tup_hot_upd), 0)::float8 as hot
         from (select c.oid as relid where c.relkind <> 'p'
               union all
               select t.relid from pg_catalog.pg_partition_tree(c.oid) t where c.relkind = 'p' and t.isleaf) part
         join pg_catalog.pg_class l on l.oid = part.relid
         left join pg_catalog.pg_stat_user_tables s on s.relid = l.oid) parts
 where c.relkind in ('r', 'm', 'p') and n.nspname || '.' || c.relname = any (pg_catalog.string_to_array($1, pg_catalog.chr(10)))
