-- A foreign key whose columns no index begins with: each delete or update of the other side reads this table whole.
select pg_catalog.format('%I.%I', n.nspname, c.relname) as object,
       pg_catalog.format('foreign key %I (%s) has no covering index', k.conname, cols.names) as detail,
       pg_catalog.format('create index concurrently on %I.%I (%s);', n.nspname, c.relname, cols.names) as fix
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_class c on c.oid = k.conrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral (select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by u.place) as names
                       from pg_catalog.unnest(k.conkey) with ordinality as u(attnum, place)
                       join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum) cols
 where k.contype = 'f' and k.conparentid = 0 and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_' and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   and n.nspname not in ('auth', 'storage', 'vault', 'extensions')
   and not exists (select from pg_catalog.pg_index i
                    where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null
                      and (i.indkey::smallint[])[0:pg_catalog.cardinality(k.conkey) - 1] @> k.conkey
                      and k.conkey @> (i.indkey::smallint[])[0:pg_catalog.cardinality(k.conkey) - 1])
 order by 1, 2;
