-- $1: a table's oid. What each of its policies is made of: its columns and whether an index begins with them, the functions
-- that it calls (those that come with PostgreSQL are not recorded), and the other tables that it looks into.
select p.polname as policy,
       coalesce((select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                          'name', a.attname,
                          'index', (select i.indexrelid::pg_catalog.regclass::text from pg_catalog.pg_index i
                                     where i.indrelid = p.polrelid and i.indkey[0] = a.attnum and i.indisvalid
                                     order by i.indpred is not null, i.indnkeyatts limit 1))
                        order by a.attnum)
                   from pg_catalog.pg_attribute a
                  where a.attrelid = p.polrelid
                    and exists (select from pg_catalog.pg_depend d
                                 where d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
                                   and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                   and d.refobjid = p.polrelid and d.refobjsubid = a.attnum)), '[]') as columns,
       coalesce((select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                          'signature', f.oid::pg_catalog.regprocedure::text,
                          'schema', n.nspname,
                          'name', f.proname,
                          'volatility', case f.provolatile when 'i' then 'immutable' when 's' then 'stable'
                                                           else 'volatile' end,
                          'definer', f.prosecdef,
                          'returns_set', f.proretset,
                          'search_path', (select pg_catalog.substr(c.setting, pg_catalog.length('search_path=') + 1)
                                            from pg_catalog.unnest(f.proconfig) c(setting)
                                           where c.setting like 'search\_path=%'))
                        order by n.nspname, f.proname)
                   from pg_catalog.pg_proc f
                   join pg_catalog.pg_namespace n on n.oid = f.pronamespace
                  where exists (select from pg_catalog.pg_depend d
                                 where d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
                                   and d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                                   and d.refobjid = f.oid)), '[]') as functions,
       coalesce((select pg_catalog.jsonb_agg(distinct pg_catalog.jsonb_build_object(
                          'name', n.nspname || '.' || c.relname, 'enabled', c.relrowsecurity))
                   from pg_catalog.pg_depend d
                   join pg_catalog.pg_class c on c.oid = d.refobjid
                   join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                  where d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
                    and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    and d.refobjid <> p.polrelid), '[]') as relations
  from pg_catalog.pg_policy p
 where p.polrelid = $1::text::oid;
