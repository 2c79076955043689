-- Where the values of a column ($1 schema, $2 table, $3 column) come from in the end: foreign keys are followed, also
-- those of several columns, and the table at their end is told with the column that names its rows.
with recursive walk as (
  select c.oid as relid, a.attnum, 0 as depth
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = $3
   where n.nspname = $1 and c.relname = $2
   union all
  select f.confrelid, f.confkey[pg_catalog.array_position(f.conkey, w.attnum)], w.depth + 1
    from walk w
    join pg_catalog.pg_constraint f on f.contype = 'f' and f.conrelid = w.relid and w.attnum = any (f.conkey)
   where w.depth < 4 and f.confrelid <> w.relid
)
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as relation,
       pg_catalog.quote_ident(k.attname) as key, pg_catalog.quote_ident(l.attname) as label
  from walk w
  join pg_catalog.pg_class c on c.oid = w.relid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute k on k.attrelid = w.relid and k.attnum = w.attnum
  join pg_catalog.pg_attribute l on l.attrelid = w.relid and not l.attisdropped
   and l.attname in ('name', 'display_name', 'title', 'label', 'slug', 'email')
 where w.depth > 0
 order by w.depth desc, pg_catalog.array_position(array['name', 'display_name', 'title', 'label', 'slug', 'email'], l.attname::text)
 limit 1;
