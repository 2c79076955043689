-- One subscription, without its connection string, which may hold a password.
-- $1: its oid
select pg_catalog.jsonb_build_array(
         pg_catalog.jsonb_build_array('state', case when s.subenabled then 'on' else 'off' end),
         pg_catalog.jsonb_build_array('publications', pg_catalog.array_to_string(s.subpublications, ', ')),
         pg_catalog.jsonb_build_array('slot', s.subslotname::text),
         pg_catalog.jsonb_build_array('synchronous commit', s.subsynccommit)) as facts,
       pg_catalog.format(E'create subscription %I\n  connection ''…''  -- not shown: it may hold a password\n  publication %s\n  with (connect = false%s);',
         s.subname, (select pg_catalog.string_agg(pg_catalog.quote_ident(p), ', ') from pg_catalog.unnest(s.subpublications) p),
         case when s.subslotname is not null then pg_catalog.format(', slot_name = %L', s.subslotname) else '' end) as definition,
       null::jsonb as listed
  from pg_catalog.pg_subscription s
 where s.oid = $1::pg_catalog.oid;
