-- roles and databases with a limit of connections of their own, and how many they have
select 'role' as kind, r.rolname::text as name, r.rolconnlimit as most,
       (select count(*)::int4 from pg_catalog.pg_stat_activity a where a.usesysid = r.oid) as taken
  from pg_catalog.pg_roles r
 where r.rolconnlimit >= 0 and r.rolcanlogin
union all
select 'database', d.datname::text, d.datconnlimit,
       (select s.numbackends from pg_catalog.pg_stat_database s where s.datid = d.oid)
  from pg_catalog.pg_database d
 where d.datconnlimit > 0
 order by 1, 2;
