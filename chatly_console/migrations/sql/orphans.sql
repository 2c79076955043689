-- Shadow databases that nobody uses any more: their console died.
select d.datname::text as name from pg_catalog.pg_database d
 where d.datname ~ '^chatly_shadow_[0-9]+_[0-9]+$' and pg_catalog.pg_has_role(d.datdba, 'member')
   and not exists (select from pg_catalog.pg_stat_activity a where a.datname = d.datname)
   and pg_catalog.split_part(d.datname, '_', 4)::bigint < extract(epoch from pg_catalog.now()) - 600;
