-- $1: schemas of the platform, as an expression. What reaches rows past the policies, for the roles of the API: views
-- with their owner's rights, materialised views and foreign tables, partitions read directly, privileges that row level
-- security does not stop, and functions with their owner's rights that anybody may call or lead astray.
with api as (
  select r.oid, r.rolname from pg_catalog.pg_roles r where r.rolname in ('anon', 'authenticated')
), relation as (
  select c.oid, c.relkind, c.relispartition, c.relrowsecurity, c.reloptions, n.oid as schema
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ $1
     and not exists (select from pg_catalog.pg_depend d
                      where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
), read as (
  select r.*, exists (select from api a
                       where pg_catalog.has_schema_privilege(a.oid, r.schema, 'USAGE')
                         and pg_catalog.has_any_column_privilege(a.oid, r.oid, 'SELECT')) as by_api
    from relation r
)
select case r.relkind when 'v' then 'views' when 'm' then 'materialised views' when 'f' then 'foreign tables'
                      else 'partitions' end as kind,
       r.oid::pg_catalog.regclass::text as object,
       case when not r.by_api then null
            when r.relkind = 'v' and not coalesce(r.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
            then 'has the rights of its owner'
            when r.relkind in ('m', 'f') then 'has no row level security'
            when r.relkind in ('r', 'p') and not r.relrowsecurity then 'is read around the policies of its parent' end as wrong
  from read r
 where r.relkind in ('v', 'm', 'f') or r.relispartition
union all
select 'tables', r.oid::pg_catalog.regclass::text,
       (select pg_catalog.string_agg(distinct a.rolname || ' may ' || v.name, ', ')
          from api a
         cross join (values ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')) v(name)
         where pg_catalog.has_schema_privilege(a.oid, r.schema, 'USAGE')
           and pg_catalog.has_table_privilege(a.oid, r.oid, v.name))
  from relation r
 where r.relkind in ('r', 'p')
union all
select 'functions with their owner''s rights', p.oid::pg_catalog.regprocedure::text,
       case when not coalesce(p.proconfig::text ~ 'search_path=', false) then 'has no fixed search_path'
            when exists (select from api a where a.rolname = 'anon'
                            and pg_catalog.has_schema_privilege(a.oid, n.oid, 'USAGE')
                            and pg_catalog.has_function_privilege(a.oid, p.oid, 'EXECUTE'))
            then 'may be called by anon' end
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where p.prosecdef and n.nspname !~ $1
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
 order by 1, 2;
