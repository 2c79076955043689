-- The functions that run with their owner's rights and that a role of the API may call; `arguments` are those without a
-- default, `label` the first value where one is an enum; `answers` says whether a call returns something, `writes`
-- whether it may write.
select p.oid::bigint as oid,
       n.nspname as schema,
       p.proname as name,
       p.oid::pg_catalog.regprocedure::text as signature,
       pg_catalog.pg_get_userbyid(p.proowner) as owner,
       p.prokind = 'f' and p.provariadic = 0 and t.typname not in ('trigger', 'event_trigger') as callable,
       t.typname <> 'void' as answers,
       p.provolatile = 'v' as writes,
       coalesce((select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                          'name', coalesce(a.name, ''), 'type', pg_catalog.format_type(a.type, null), 'label', a.label)
                        order by a.place)
                   from (select pg_catalog.row_number() over (order by x.place) as place, x.name, x.type,
                                (select e.enumlabel from pg_catalog.pg_enum e where e.enumtypid = x.type
                                  order by e.enumsortorder limit 1) as label
                           from rows from (pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])),
                                           pg_catalog.unnest(p.proargnames), pg_catalog.unnest(p.proargmodes))
                                with ordinality x(type, name, mode, place)
                          where x.mode is null or x.mode in ('i', 'b')) a
                  where a.place <= p.pronargs - p.pronargdefaults), '[]') as arguments,
       pg_catalog.jsonb_agg(r.rolname order by r.rolname) as roles
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_type t on t.oid = p.prorettype
  join pg_catalog.pg_roles r
    on r.rolname in ('anon', 'authenticated')
   and pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')
   and pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE')
 where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\_temp%'
 group by p.oid, n.nspname, t.typname
 order by n.nspname <> 'public', n.nspname, p.proname, p.oid;
