-- $1: a JSON array of roles, $2: a JSON array of tables by oid, or null for all. What each role inherits, owns, and may do
-- on which table.
with asked as (
  select c.oid, c.relowner, c.relnamespace
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p')
     and n.nspname not in ('pg_catalog', 'information_schema')
     and ($2::text is null
          or c.oid in (select o.oid::oid from pg_catalog.jsonb_array_elements_text($2::text::jsonb) o(oid))))
select r.rolname as role,
       r.rolsuper as superuser,
       r.rolbypassrls as bypasses_rls,
       (select pg_catalog.jsonb_agg(m.rolname) from pg_catalog.pg_roles m
         where pg_catalog.pg_has_role(r.oid, m.oid, 'USAGE')) as covered_by,
       coalesce((select pg_catalog.jsonb_agg(c.oid::bigint) from asked c
                  where pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE')), '[]') as owns,
       coalesce((select pg_catalog.jsonb_object_agg(c.oid::text, c.privileges)
                   from (select c.oid, pg_catalog.jsonb_agg(v.name) as privileges
                           from asked c
                          cross join (values ('SELECT', true), ('INSERT', true), ('UPDATE', true), ('DELETE', false),
                                             ('TRUNCATE', false)) v(name, by_column)
                          where pg_catalog.has_schema_privilege(r.oid, c.relnamespace, 'USAGE')
                            and case when v.by_column then pg_catalog.has_any_column_privilege(r.oid, c.oid, v.name)
                                     else pg_catalog.has_table_privilege(r.oid, c.oid, v.name) end
                          group by c.oid) c), '{}') as privileges
  from pg_catalog.pg_roles r
 where r.rolname in (select pg_catalog.jsonb_array_elements_text($1::text::jsonb));
