-- Every object that the catalogue lists, one flat row each: no array and no JSON but short lists of names, and no
-- function that opens a relation, so that a table which somebody locks does not hold it up.
-- $1: whether the system's own schemas are meant (they are read when somebody opens one), or all others
with schemas as materialized (
  select n.oid, n.nspname, n.nspowner,
         n.nspname in ('pg_catalog', 'information_schema') or n.nspname ~ '^pg_(toast|temp)' as is_system
    from pg_catalog.pg_namespace n
   where n.nspname !~ '^pg_toast_temp_'
), wanted as materialized (
  select s.oid, s.nspname from schemas s where s.is_system = $1
), members as materialized (
  select d.classid, d.objid, e.extname
    from pg_catalog.pg_depend d
    join pg_catalog.pg_extension e on e.oid = d.refobjid
   where d.deptype = 'e' and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
), rights as materialized (
  select p.polrelid, pg_catalog.count(*) as policies from pg_catalog.pg_policy p group by p.polrelid
), behind as materialized (  -- the functions behind operators, types and indexes, which nobody calls by name
  select o.oprcode::pg_catalog.oid as oid from pg_catalog.pg_operator o where $1
   union select c.castfunc from pg_catalog.pg_cast c where $1
   union select a.amproc::pg_catalog.oid from pg_catalog.pg_amproc a where $1
   union select f from pg_catalog.pg_aggregate g, unnest(array[g.aggtransfn::pg_catalog.oid, g.aggfinalfn, g.aggmtransfn, g.aggminvtransfn,
           g.aggcombinefn, g.aggserialfn, g.aggdeserialfn, g.aggmfinalfn]) f where $1
   union select f from pg_catalog.pg_type t, unnest(array[t.typinput::pg_catalog.oid, t.typoutput, t.typreceive, t.typsend,
           t.typmodin, t.typmodout, t.typanalyze]) f where $1
)
select case when s.is_system then 'system schema' else 'schema' end as kind,
       s.oid, s.nspname as schema, s.nspname as name, null::pg_catalog.oid as parent,
       pg_catalog.pg_get_userbyid(s.nspowner) as owner, d.description as comment, m.extname as extension,
       ''::text as words, ''::text as more, 0::float8 as rows, 0::int8 as pages, 0::int8 as policies, '' as flags
  from schemas s
  left join pg_catalog.pg_description d
    on d.objoid = s.oid and d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass and d.objsubid = 0
  left join members m on m.objid = s.oid and m.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
 where not $1
union all
select case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
                      when 'm' then 'materialised view' when 'f' then 'foreign table' when 'S' then 'sequence' end,
       c.oid, w.nspname, c.relname, i.inhparent, pg_catalog.pg_get_userbyid(c.relowner), d.description, m.extname,
       '', '', c.reltuples, c.relpages, coalesce(r.policies, 0),
       case when c.relrowsecurity then 'r' else '' end || case when c.relforcerowsecurity then 'f' else '' end
         || case when c.relispartition then 'p' else '' end || case when c.relpersistence = 'u' then 'u' else '' end
  from pg_catalog.pg_class c
  join wanted w on w.oid = c.relnamespace
  left join pg_catalog.pg_inherits i on i.inhrelid = c.oid and i.inhseqno = 1
  left join pg_catalog.pg_description d
    on d.objoid = c.oid and d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = 0
  left join members m on m.objid = c.oid and m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
  left join rights r on r.polrelid = c.oid
 where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
union all
select case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' when 'w' then 'window function'
                      else 'function' end,
       p.oid, w.nspname, p.proname, null, pg_catalog.pg_get_userbyid(p.proowner), d.description, m.extname,
       pg_catalog.pg_get_function_identity_arguments(p.oid),
       coalesce(pg_catalog.pg_get_function_result(p.oid), ''), 0, 0, 0,
       case when p.prosecdef then 'd' else '' end
         || case when $1 and (s.oid is not null or pg_catalog.format_type(p.prorettype, null) in ('internal', 'cstring')
                   or 'internal'::pg_catalog.regtype = any (p.proargtypes)) then 'i' else '' end
         || p.provolatile::text
  from pg_catalog.pg_proc p
  join wanted w on w.oid = p.pronamespace
  left join behind s on s.oid = p.oid
  left join pg_catalog.pg_description d
    on d.objoid = p.oid and d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objsubid = 0
  left join members m on m.objid = p.oid and m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
union all
select case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'c' then 'composite type'
                      when 'r' then 'range type' when 'm' then 'multirange type' else 'type' end,
       t.oid, w.nspname, t.typname, null, pg_catalog.pg_get_userbyid(t.typowner), d.description, m.extname,
       case when t.typtype = 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) else '' end,
       case when t.typtype = 'e' then coalesce(
         (select pg_catalog.jsonb_agg(e.enumlabel order by e.enumsortorder)::text
            from pg_catalog.pg_enum e where e.enumtypid = t.oid), '[]') else '' end,
       0, 0, 0, ''
  from pg_catalog.pg_type t
  join wanted w on w.oid = t.typnamespace
  left join pg_catalog.pg_class c on c.oid = t.typrelid
  left join pg_catalog.pg_description d
    on d.objoid = t.oid and d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objsubid = 0
  left join members m on m.objid = t.oid and m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
 where t.typtype <> 'p' and (c.oid is null or c.relkind = 'c') and not (t.typcategory = 'A' and t.typelem <> 0)
union all
select 'extension', coalesce(e.oid, 0), coalesce(n.nspname, ''), a.name, null,
       coalesce(pg_catalog.pg_get_userbyid(e.extowner), ''), a.comment, null,
       coalesce(e.extversion, ''), coalesce(a.default_version, ''), 0, 0, 0, ''
  from pg_catalog.pg_available_extensions a
  full join pg_catalog.pg_extension e on e.extname = a.name
  left join pg_catalog.pg_namespace n on n.oid = e.extnamespace
 where not $1
union all
select 'role', r.oid, '', r.rolname, null, '', pg_catalog.shobj_description(r.oid, 'pg_authid'), null,
       pg_catalog.concat_ws(', ', case when r.rolsuper then 'superuser' end, case when r.rolcanlogin then 'login' end,
         case when r.rolbypassrls then 'bypasses row security' end, case when r.rolcreaterole then 'creates roles' end,
         case when r.rolcreatedb then 'creates databases' end, case when r.rolreplication then 'replication' end,
         case when not r.rolinherit then 'does not inherit' end),
       coalesce((select pg_catalog.jsonb_agg(g.rolname order by g.rolname)::text
          from pg_catalog.pg_auth_members am join pg_catalog.pg_roles g on g.oid = am.roleid
         where am.member = r.oid), '[]'),
       0, 0, 0, ''
  from pg_catalog.pg_roles r
 where not $1 and r.rolname !~ '^pg_'
union all
select 'event trigger', e.oid, '', e.evtname, null, pg_catalog.pg_get_userbyid(e.evtowner),
       pg_catalog.obj_description(e.oid, 'pg_event_trigger'), null,
       e.evtevent::text, e.evtfoid::pg_catalog.regproc::text, 0, 0, 0, ''
  from pg_catalog.pg_event_trigger e
 where not $1
union all
select 'publication', p.oid, '', p.pubname, null, pg_catalog.pg_get_userbyid(p.pubowner),
       pg_catalog.obj_description(p.oid, 'pg_publication'), null,
       case when p.puballtables then 'all tables' else '' end, '', 0, 0, 0, ''
  from pg_catalog.pg_publication p
 where not $1
union all
select 'foreign server', s.oid, '', s.srvname, null, pg_catalog.pg_get_userbyid(s.srvowner),
       pg_catalog.obj_description(s.oid, 'pg_foreign_server'), null, f.fdwname, '', 0, 0, 0, ''
  from pg_catalog.pg_foreign_server s
  join pg_catalog.pg_foreign_data_wrapper f on f.oid = s.srvfdw
 where not $1
union all
select 'subscription', s.oid, '', s.subname, null, pg_catalog.pg_get_userbyid(s.subowner),
       pg_catalog.obj_description(s.oid, 'pg_subscription'), null, case when s.subenabled then 'on' else 'off' end, '', 0, 0, 0, ''
  from pg_catalog.pg_subscription s
 where not $1 and s.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
union all
select 'database', d.oid, '', d.datname, null, pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.shobj_description(d.oid, 'pg_database'), null,
       case when d.datname = pg_catalog.current_database() then 'this one' when d.datistemplate then 'template' else '' end, '', 0, 0, 0, ''
  from pg_catalog.pg_database d
 where not $1
union all
select 'trigger', t.oid, w.nspname, t.tgname, c.oid, '', pg_catalog.obj_description(t.oid, 'pg_trigger'), null,
       'on ' || c.relname, '', 0, 0, 0, ''
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_class c on c.oid = t.tgrelid
  join wanted w on w.oid = c.relnamespace
 where not t.tgisinternal
union all
select 'rule', r.oid, w.nspname, r.rulename, c.oid, '', pg_catalog.obj_description(r.oid, 'pg_rewrite'), null,
       'on ' || c.relname, '', 0, 0, 0, ''
  from pg_catalog.pg_rewrite r
  join pg_catalog.pg_class c on c.oid = r.ev_class
  join wanted w on w.oid = c.relnamespace
 where r.rulename <> '_RETURN'
union all
select 'policy', p.oid, w.nspname, p.polname, c.oid, '', pg_catalog.obj_description(p.oid, 'pg_policy'), null,
       'on ' || c.relname, '', 0, 0, 0, ''
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join wanted w on w.oid = c.relnamespace;
