-- One foreign server: its wrapper, its options (without passwords), and whose user mappings it has.
-- $1: its oid
with path as materialized (select pg_catalog.set_config('search_path', '', true)
), options as (
  select o.option_name, case when o.option_name ~* 'password|secret|token|key' then '…' else o.option_value end as value
    from pg_catalog.pg_foreign_server s, pg_catalog.pg_options_to_table(s.srvoptions) o
   where s.oid = $1::pg_catalog.oid
)
select pg_catalog.jsonb_build_array(
         pg_catalog.jsonb_build_array('wrapper', f.fdwname), pg_catalog.jsonb_build_array('type', s.srvtype),
         pg_catalog.jsonb_build_array('version', s.srvversion),
         pg_catalog.jsonb_build_array('options', (select pg_catalog.string_agg(o.option_name || ' ' || o.value, ', ') from options o))) as facts,
       pg_catalog.concat(pg_catalog.format('create server %I', s.srvname), case when s.srvtype <> '' then pg_catalog.format(' type %L', s.srvtype) end,
         case when s.srvversion <> '' then pg_catalog.format(' version %L', s.srvversion) end, pg_catalog.format(E'\n  foreign data wrapper %I', f.fdwname),
         (select pg_catalog.format(E'\n  options (%s)', pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name, o.value), ', ')) from options o
          having pg_catalog.count(*) > 0), ';',
         (select pg_catalog.string_agg(pg_catalog.format(E'\n\ncreate user mapping for %s server %I%s;', case when m.umuser = 0 then 'public' else pg_catalog.quote_ident(m.usename) end, s.srvname,
                   (select pg_catalog.format(' options (%s)', pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name,
                             case when o.option_name ~* 'password|secret|token|key' then '…' else o.option_value end), ', '))
                      from pg_catalog.pg_options_to_table(m.umoptions) o having pg_catalog.count(*) > 0)), '')
            from pg_catalog.pg_user_mappings m where m.srvid = s.oid),
         (select pg_catalog.string_agg(pg_catalog.format(E'\n\ngrant usage on foreign server %I to %s%s;', s.srvname, case when g.grantee = 0 then 'public'
                   else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end, case when g.is_grantable then ' with grant option' end), '')
            from pg_catalog.aclexplode(s.srvacl) g where g.grantee <> s.srvowner)) as definition,
       (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(case when m.umuser = 0 then 'public' else m.usename end, '', ''))
          from pg_catalog.pg_user_mappings m where m.srvid = s.oid) as listed,
       (dependencies) as dependencies
  from path, pg_catalog.pg_foreign_server s
  join pg_catalog.pg_foreign_data_wrapper f on f.oid = s.srvfdw
 where s.oid = $1::pg_catalog.oid;
