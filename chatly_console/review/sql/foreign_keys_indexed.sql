-- $1: schemas of the platform, as an expression. Each foreign key, and whether an index begins with its columns.
select 'foreign keys' as kind, k.conrelid::pg_catalog.regclass::text || '.' || k.conname as object,
       case when not exists (
              select from pg_catalog.pg_index x
               where x.indrelid = k.conrelid and x.indisvalid and x.indpred is null
                 and (x.indkey::smallint[])[0:pg_catalog.cardinality(k.conkey) - 1] @> k.conkey
                 and k.conkey @> (x.indkey::smallint[])[0:pg_catalog.cardinality(k.conkey) - 1])
            then 'no index begins with its columns' end as wrong
  from pg_catalog.pg_constraint k
  join pg_catalog.pg_namespace n on n.oid = k.connamespace
 where k.contype = 'f' and k.conparentid = 0 and n.nspname !~ $1
 order by 2;
