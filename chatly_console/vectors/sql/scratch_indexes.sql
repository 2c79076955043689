-- Indexes that a trial has made on a table ($1 schema, $2 name) and not removed: by a console that died, or that is still at it ($3: the
-- first number of the lock that it holds meanwhile).
select n.nspname as schema, ic.relname as name, i.indisvalid as valid,
       exists (select from pg_catalog.pg_locks l
                where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid::bigint = $3::text::bigint
                  and l.objid::bigint = (pg_catalog.hashtext(ic.relname::text)::bigint & 4294967295)
                  and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())) as in_use
  from pg_catalog.pg_index i
  join pg_catalog.pg_class ic on ic.oid = i.indexrelid
  join pg_catalog.pg_class c on c.oid = i.indrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where n.nspname = $1 and c.relname = $2 and ic.relname like 'chatly\_scratch\_%';
