-- $1: schemas of the platform, as an expression. Tables that a role of the API may reach, and the bucket's files.
select 'tables' as kind, c.oid::pg_catalog.regclass::text as object,
       case when not c.relrowsecurity then 'row level security is off'
            when not exists (select from pg_catalog.pg_policy p where p.polrelid = c.oid) then 'has no policy'
            else (select 'no policy for ' || pg_catalog.string_agg(v.name, ', ' order by v.code)
                    from (values ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) v(code, name)
                   where case when v.code = 'd' then pg_catalog.has_table_privilege('authenticated', c.oid, v.name)
                              else pg_catalog.has_any_column_privilege('authenticated', c.oid, v.name) end
                     and not exists (select from pg_catalog.pg_policy p
                                      where p.polrelid = c.oid and p.polcmd in (v.code::"char", '*'))) end as wrong
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p') and n.nspname !~ $1
   and exists (select from pg_catalog.pg_roles r
                where r.rolname in ('anon', 'authenticated') and pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
                  and pg_catalog.has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
union all
select 'commands on files of the bucket documents', c.oid::pg_catalog.regclass::text || ' ' || v.name,
       case when not c.relrowsecurity then 'row level security is off'
            when not exists (select from pg_catalog.pg_policy p
                              where p.polrelid = c.oid and p.polcmd in (v.code::"char", '*')
                                and pg_catalog.concat(pg_catalog.pg_get_expr(p.polqual, p.polrelid),
                                                      pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) ~ '''documents''')
            then 'no policy, so nobody but service_role does it; migration 20260301091650 says why' end
  from pg_catalog.pg_class c
 cross join (values ('r', 'SELECT'), ('a', 'INSERT'), ('w', 'UPDATE'), ('d', 'DELETE')) v(code, name)
 where c.oid = pg_catalog.to_regclass('storage.objects')
   and pg_catalog.to_regclass('public.document_files') is not null
 order by 1, 2;
