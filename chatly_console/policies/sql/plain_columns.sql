-- $1: a table's oid. Its columns that a statement may fill, in order: all but the generated ones.
select a.attname as name
  from pg_catalog.pg_attribute a
 where a.attrelid = $1::text::oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
 order by a.attnum;
