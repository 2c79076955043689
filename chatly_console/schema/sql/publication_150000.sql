-- One publication: what it sends, its tables with their columns and filters, and the schemas whose tables it sends.
-- $1: its oid
with path as materialized (select pg_catalog.set_config('search_path', '', true)
), tables as (
  select t.schemaname, t.tablename, pg_catalog.to_jsonb(t) ->> 'rowfilter' as filter,
         (select pg_catalog.string_agg(a, ', ') from pg_catalog.jsonb_array_elements_text(pg_catalog.to_jsonb(t) -> 'attnames') a) as columns
    from path, pg_catalog.pg_publication_tables t
   where t.pubname = (select p.pubname from pg_catalog.pg_publication p where p.oid = $1::pg_catalog.oid)
)
select pg_catalog.jsonb_build_array(
         pg_catalog.jsonb_build_array('tables', case when p.puballtables then 'all of the database' else (select pg_catalog.count(*)::text from tables) end),
         pg_catalog.jsonb_build_array('sends', pg_catalog.concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
           case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end)),
         pg_catalog.jsonb_build_array('of partitions', case when p.pubviaroot then 'as rows of their parent' else 'as rows of their own' end)) as facts,
       pg_catalog.concat(pg_catalog.format('create publication %I', p.pubname),
         case when p.puballtables then E'\n  for all tables'
              else (select E'\n  for ' || pg_catalog.string_agg(listed, ', ') from (
                      select 'table ' || pg_catalog.string_agg(pg_catalog.concat(pg_catalog.format('%I.%I', r.nspname, r.relname), r.columns, r.filter), ', ') as listed
                        from (select n.nspname, c.relname,
                                   (select ' (' || pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) || ')'
                                      from pg_catalog.pg_attribute a
                                     where a.attrelid = c.oid and a.attnum = any (pr.prattrs)) as columns,
                                   ' where (' || pg_catalog.pg_get_expr(pr.prqual, pr.prrelid) || ')' as filter
                              from path, pg_catalog.pg_publication_rel pr
                              join pg_catalog.pg_class c on c.oid = pr.prrelid
                              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                             where pr.prpubid = p.oid order by 1, 2) r
                      union all
                      select 'tables in schema ' || pg_catalog.string_agg(pg_catalog.quote_ident(n.nspname), ', ' order by n.nspname)
                        from pg_catalog.pg_publication_namespace pn join pg_catalog.pg_namespace n on n.oid = pn.pnnspid
                       where pn.pnpubid = p.oid) parts) end,
         pg_catalog.format(E'\n  with (publish = %L%s);', pg_catalog.concat_ws(', ', case when p.pubinsert then 'insert' end,
           case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end),
           pg_catalog.concat(case when p.pubviaroot then ', publish_via_partition_root' end, case pg_catalog.to_jsonb(p) ->> 'pubgencols' when 's' then ', publish_generated_columns = stored' end))) as definition,
       (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(pg_catalog.format('%I.%I', t.schemaname, t.tablename),
               coalesce(t.columns, ''), coalesce(t.filter, '')) order by t.schemaname, t.tablename) from tables t) as listed,
       (labels) as labels, (dependencies) as dependencies
  from pg_catalog.pg_publication p
 where p.oid = $1::pg_catalog.oid;
