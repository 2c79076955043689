-- $1, $2: LIKE patterns for schema and name, empty schema for all but the system's
select n.nspname as schema, pg_catalog.format_type(t.oid, null) as name,
       case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'c' then 'composite' when 'r' then 'range'
            else 'base' end as kind,
       pg_catalog.array_to_string(array(select e.enumlabel from pg_catalog.pg_enum e where e.enumtypid = t.oid
         order by e.enumsortorder), ', ') as labels,
       pg_catalog.obj_description(t.oid, 'pg_type') as description
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  left join pg_catalog.pg_class c on c.oid = t.typrelid
 where t.typname like $2 and t.typelem = 0 and (t.typrelid = 0 or c.relkind = 'c')
   and case when $1 = '' then n.nspname !~ '^(pg_|information_schema$)' else n.nspname like $1 end
 order by 1, 2
