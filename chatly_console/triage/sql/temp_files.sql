-- Temporary files on disk, by the pid in their names; pg_stat_database counts them only once they are removed.
select pg_catalog.substring(f.name, '^pgsql_tmp([0-9]+)')::int as pid, sum(f.size)::int8 as bytes, count(*)::int8 as files
  from pg_catalog.pg_tablespace t
 cross join lateral pg_catalog.pg_ls_tmpdir(t.oid) f
 where t.spcname <> 'pg_global' and f.name ~ '^pgsql_tmp[0-9]+'
 group by 1
 order by 2 desc;
