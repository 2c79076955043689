-- What reaches rows past the policies, for the roles of the API.
with api as (
  select r.oid, r.rolname from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')),
reachable as (
  select c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.relrowsecurity, c.relowner, c.reloptions,
         pg_catalog.string_agg(distinct a.rolname, ', ') as roles
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join api a on pg_catalog.has_schema_privilege(a.oid, n.oid, 'USAGE')
              and pg_catalog.has_any_column_privilege(a.oid, c.oid, 'SELECT')
   where c.relkind in ('r', 'p', 'v', 'm', 'f')
     and n.nspname not in ('pg_catalog', 'information_schema')
   group by c.oid, n.nspname)
select 'definer view' as kind, x.nspname || '.' || x.relname as object, x.roles as detail, x.oid::bigint as oid
  from reachable x
 where x.relkind = 'v'
   and not exists (select from pg_catalog.unnest(x.reloptions) o(word)
                    where o.word in ('security_invoker=true', 'security_invoker=on', 'security_invoker=1'))
   and exists (select from pg_catalog.pg_depend d
                 join pg_catalog.pg_rewrite w on w.oid = d.objid and w.ev_class = x.oid
                 join pg_catalog.pg_class t on t.oid = d.refobjid and t.relrowsecurity
                where d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
                  and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)
union all
select case x.relkind when 'm' then 'materialized view' else 'foreign table' end, x.nspname || '.' || x.relname,
       x.roles, x.oid::bigint
  from reachable x where x.relkind in ('m', 'f')
union all
select 'partition or child read directly', x.nspname || '.' || x.relname, x.roles, x.oid::bigint
  from reachable x
  join pg_catalog.pg_inherits i on i.inhrelid = x.oid
  join pg_catalog.pg_class p on p.oid = i.inhparent and p.relrowsecurity
 where x.relkind in ('r', 'p') and not x.relrowsecurity
union all
select 'row level security off', x.nspname || '.' || x.relname, x.roles, x.oid::bigint
  from reachable x
 where x.relkind in ('r', 'p') and not x.relrowsecurity
   and not exists (select from pg_catalog.pg_inherits i where i.inhrelid = x.oid)
union all
select pg_catalog.lower(v.name) || ' grant', n.nspname || '.' || c.relname,
       pg_catalog.string_agg(a.rolname, ', ' order by a.rolname), c.oid::bigint
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join (values ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')) v(name)
  join api a on pg_catalog.has_schema_privilege(a.oid, n.oid, 'USAGE')
            and pg_catalog.has_table_privilege(a.oid, c.oid, v.name)
 where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
 group by v.name, n.nspname, c.relname, c.oid
 order by 1, 2;
