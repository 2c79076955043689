-- One routine: its definition as SQL (an aggregate has none that the server writes), and who may execute it.
-- $1: its oid
with path as materialized (select pg_catalog.set_config('search_path', '', true))
select case when exists (select from pg_catalog.pg_depend d
                          where d.objid = p.oid and d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.deptype = 'i')
            then pg_catalog.format('-- %s: its type makes it.', p.oid::pg_catalog.regprocedure)
            when p.prokind <> 'a' then pg_catalog.pg_get_functiondef(p.oid) else (
         select pg_catalog.format(E'create aggregate %I.%I (%s) (\n  %s\n)', n.nspname, p.proname,
                  coalesce(nullif(pg_catalog.pg_get_function_arguments(p.oid), ''), '*'), pg_catalog.concat_ws(E',\n  ',
                  'sfunc = ' || a.aggtransfn::text, 'stype = ' || pg_catalog.format_type(a.aggtranstype, null),
                  'sspace = ' || nullif(a.aggtransspace, 0),
                  'finalfunc = ' || nullif(a.aggfinalfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
                  case when a.aggfinalextra then 'finalfunc_extra' end,
                  case when a.aggfinalfn <> 0 and a.aggfinalmodify <> case a.aggkind when 'n' then 'r' else 'w' end
                       then 'finalfunc_modify = ' || case a.aggfinalmodify when 'r' then 'read_only' when 's' then 'shareable' else 'read_write' end end,
                  'combinefunc = ' || nullif(a.aggcombinefn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
                  'serialfunc = ' || nullif(a.aggserialfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
                  'deserialfunc = ' || nullif(a.aggdeserialfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
                  'initcond = ' || pg_catalog.quote_literal(a.agginitval),
                  'msfunc = ' || nullif(a.aggmtransfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
                  'minvfunc = ' || nullif(a.aggminvtransfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
                  'mstype = ' || pg_catalog.format_type(nullif(a.aggmtranstype, 0), null),
                  'mfinalfunc = ' || nullif(a.aggmfinalfn::pg_catalog.oid, 0)::pg_catalog.regproc::text,
                  'msspace = ' || nullif(a.aggmtransspace, 0),
                  case when a.aggmfinalextra then 'mfinalfunc_extra' end,
                  case when a.aggmfinalfn <> 0 and a.aggmfinalmodify <> 'r'
                       then 'mfinalfunc_modify = ' || case a.aggmfinalmodify when 's' then 'shareable' else 'read_write' end end,
                  'minitcond = ' || pg_catalog.quote_literal(a.aggminitval),
                  case when a.aggkind = 'h' then 'hypothetical' end,
                  case when a.aggsortop <> 0 then pg_catalog.format('sortop = operator(%s)', a.aggsortop::pg_catalog.regoper) end,
                  case p.proparallel when 's' then 'parallel = safe' when 'r' then 'parallel = restricted' end))
           from pg_catalog.pg_aggregate a where a.aggfnoid = p.oid) end as definition,
       l.lanname as language, p.prosrc as source,
       (select pg_catalog.jsonb_agg(f order by f.grantee, f.privilege) from (
          select case when g.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(g.grantee) end as grantee,
                 pg_catalog.pg_get_userbyid(g.grantor) as grantor, g.privilege_type as privilege, g.is_grantable,
                 '' as column
            from pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) g) f) as grants,
       (select pg_catalog.jsonb_agg(f.statement) from (
          select pg_catalog.format('alter routine %s depends on extension %I;', p.oid::pg_catalog.regprocedure, e.extname) as statement
            from pg_catalog.pg_depend d join pg_catalog.pg_extension e on e.oid = d.refobjid
           where d.objid = p.oid and d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.deptype = 'x'
          union all
          select pg_catalog.format('revoke execute on routine %s from %I;', p.oid::pg_catalog.regprocedure, pg_catalog.pg_get_userbyid(p.proowner))
           where p.proacl is not null and not exists (select from pg_catalog.aclexplode(p.proacl) g where g.grantee = p.proowner)) f) as more,
       (labels) as labels, (dependencies) as dependencies
  from path, pg_catalog.pg_proc p
  join pg_catalog.pg_language l on l.oid = p.prolang
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where p.oid = $1::pg_catalog.oid;
