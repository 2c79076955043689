-- Whether a change of this table may be tried here: its size, whose it is, and who waits for it.
select c.oid::regclass::text as name,
       c.relkind::text as kind,
       (c.relpages::float8 * 8 / 1024) as megabytes,
       pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE') as is_ours,
       pg_catalog.pg_is_in_recovery() as in_recovery,
       (select count(*) from pg_catalog.pg_locks l where l.relation = c.oid and not l.granted)::int as waiting
  from pg_catalog.pg_class c
 where c.oid = pg_catalog.to_regclass($1)
