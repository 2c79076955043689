-- How much of each larger table is probably empty: its pages against those that its rows need by the widths that
-- ANALYZE saw (23 bytes of header and 4 of line pointer a row, rounded to 8). Only tables that the login may read.
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name,
       greatest(c.relpages - pg_catalog.ceil(c.reltuples * (w.width + 31) / (b.size - 24)), 0)::float8 * b.size as empty
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join (select pg_catalog.current_setting('block_size')::float8 as size) b
 cross join lateral (select sum((1 - s.null_frac) * s.avg_width) as width, count(*) as columns
                       from pg_catalog.pg_stats s
                      where s.schemaname = n.nspname and s.tablename = c.relname and not s.inherited) w
 where c.relkind in ('r', 'm') and c.relpages >= 1280 and c.reltuples > 0 and w.columns > 0
   and n.nspname !~ '^pg_(catalog|toast|temp)' and n.nspname <> 'information_schema'
 order by c.relpages desc
 limit 100;
