-- Whether a change of this table may be tried here: its size, whose it is, and who waits for it; of a partitioned one with all its parts.
select c.oid::regclass::text as name,
       c.relkind::text as kind,
       parts.megabytes,
       pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE') as is_ours,
       pg_catalog.pg_is_in_recovery() as in_recovery,
       parts.waiting
  from pg_catalog.pg_class c
 cross join lateral (
       select coalesce(pg_catalog.sum(greatest(p.relpages, 0)), 0)::float8 * 8 / 1024 as megabytes,
              coalesce(pg_catalog.sum((select count(*) from pg_catalog.pg_locks l where l.relation = p.oid and not l.granted)), 0)::int
              as waiting
         from pg_catalog.pg_class p
        where p.oid = c.oid or (c.relkind = 'p' and p.oid in (select t.relid from pg_catalog.pg_partition_tree(c.oid) t))) parts
 where c.oid = pg_catalog.to_regclass($1)
