-- Two checks on one estimate, which is that of Supabase's linter: the pages that the rows would need, from the widths that ANALYZE saw,
-- against those that there are. table_bloat has that linter's own limits; wasted_space finds more: half of a table from 10 MB on, or a
-- quarter of one from 1 GB on.
with widths as (
    select s.schemaname, s.tablename, pg_catalog.sum((1 - s.null_frac) * s.avg_width) as data,
           pg_catalog.max(s.null_frac) as most_null,
           23 + 1 + pg_catalog.count(*) filter (where s.null_frac <> 0) / 8 as null_header
      from pg_catalog.pg_stats s
     where s.schemaname <> all (pg_catalog.string_to_array($1, ','))
     group by 1, 2
), needed as (
    select n.nspname, c.relname, c.relpages,
           pg_catalog.ceil(c.reltuples * ((w.data + 28 - 3) + w.most_null * (w.null_header + 4) + 4) / (b.size - 20)) as pages,
           b.size
      from widths w
      join pg_catalog.pg_namespace n on n.nspname = w.schemaname
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = w.tablename and c.relkind = 'r'
     cross join (select pg_catalog.current_setting('block_size')::numeric as size) b
)
select found."check", nspname as schema, relname as relation, pg_catalog.format('%I.%I', nspname, relname) as object,
       pg_catalog.format('about %s of %s are empty', pg_catalog.pg_size_pretty(waste.bytes),
                         pg_catalog.pg_size_pretty((size * relpages)::bigint)) || found.words as detail,
       pg_catalog.format('vacuum (full, analyze) %I.%I;', nspname, relname) as fix
  from needed
 cross join lateral (select (size * (relpages - pages::numeric))::bigint as bytes, 1 - pages / greatest(relpages, 1) as share) waste
 cross join lateral (values
       ('table_bloat', relpages / pages > 70 and waste.bytes > 20 * 1024 * 1024, ''),
       ('wasted_space', waste.share >= 0.5 and waste.bytes >= 10 * 1024 * 1024
                        or waste.share >= 0.25 and waste.bytes >= 1024 * 1024 * 1024, ', as far as the statistics tell')
       ) as found ("check", is_so, words)
 where pages > 0 and found.is_so
 order by 2, 3
