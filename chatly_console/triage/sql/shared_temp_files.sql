-- Temporary files that the workers of a parallel query share: in folders, by the leader's pid in the folder's name.
with places as (
    select case t.spcname when 'pg_default' then 'base'
                else 'pg_tblspc/' || t.oid || '/' || v.version end || '/pgsql_tmp' as place
      from pg_catalog.pg_tablespace t
     cross join lateral (
        select 'base' as version where t.spcname = 'pg_default'
        union all
        select d from pg_catalog.pg_ls_dir('pg_tblspc/' || t.oid, true, false) d
         where t.spcname <> 'pg_default') v
     where t.spcname <> 'pg_global'
)
select pg_catalog.substring(d.folder, '^pgsql_tmp([0-9]+)')::int as pid, coalesce(sum(s.size), 0)::int8 as bytes,
       count(*)::int8 as files
  from places p
 cross join lateral pg_catalog.pg_ls_dir(p.place, true, false) d (folder)
 cross join lateral pg_catalog.pg_ls_dir(p.place || '/' || d.folder, true, false) f (name)
 cross join lateral pg_catalog.pg_stat_file(p.place || '/' || d.folder || '/' || f.name, true) s
 where d.folder ~ '^pgsql_tmp[0-9]+\.[0-9]+\.(shared)?fileset$'
 group by 1
 order by 2 desc;
