select pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('these indexes are alike: %s',
                         pg_catalog.string_agg(pg_catalog.quote_ident(i.relname), ', ' order by i.relname)) as detail,
       pg_catalog.format('drop index concurrently %I.%I;', n.nspname, pg_catalog.max(i.relname)) as fix
  from pg_catalog.pg_index x
  join pg_catalog.pg_class i on i.oid = x.indexrelid
  join pg_catalog.pg_class c on c.oid = x.indrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_'
 group by n.nspname, c.relname, x.indrelid, i.relam, x.indkey::text, x.indclass::text, x.indcollation::text,
          x.indoption::text, x.indisunique, coalesce(pg_catalog.pg_get_expr(x.indexprs, x.indrelid), ''),
          coalesce(pg_catalog.pg_get_expr(x.indpred, x.indrelid), '')
having pg_catalog.count(*) > 1
 order by 1;
