-- One event trigger: when it fires, and the statement that makes it.
-- $1: its oid
with path as materialized (select pg_catalog.set_config('search_path', '', true))
select pg_catalog.jsonb_build_array(
         pg_catalog.jsonb_build_array('fires', e.evtevent), pg_catalog.jsonb_build_array('calls', e.evtfoid::pg_catalog.regproc::text),
         pg_catalog.jsonb_build_array('only for', pg_catalog.array_to_string(e.evttags, ', ')),
         pg_catalog.jsonb_build_array('state', case e.evtenabled when 'O' then 'on' when 'D' then 'off' when 'R' then 'on replicas'
                                                                 else 'always' end)) as facts,
       pg_catalog.concat(pg_catalog.format('create event trigger %I on %s', e.evtname, e.evtevent),
         (select pg_catalog.format(E'\n  when tag in (%s)', pg_catalog.string_agg(pg_catalog.quote_literal(t), ', '))
            from pg_catalog.unnest(e.evttags) t),
         pg_catalog.format(E'\n  execute function %s();', e.evtfoid::pg_catalog.regproc),
         case e.evtenabled when 'D' then pg_catalog.format(E'\n\nalter event trigger %I disable;', e.evtname)
                           when 'R' then pg_catalog.format(E'\n\nalter event trigger %I enable replica;', e.evtname)
                           when 'A' then pg_catalog.format(E'\n\nalter event trigger %I enable always;', e.evtname) end) as definition,
       null::jsonb as listed, (labels) as labels, (dependencies) as dependencies
  from path, pg_catalog.pg_event_trigger e
 where e.oid = $1::pg_catalog.oid;
