-- One subscription, without its connection string, which may hold a password.
-- $1: its oid
select pg_catalog.jsonb_build_array(
         pg_catalog.jsonb_build_array('state', case when s.subenabled then 'on' else 'off' end),
         pg_catalog.jsonb_build_array('publications', pg_catalog.array_to_string(s.subpublications, ', ')),
         pg_catalog.jsonb_build_array('slot', s.subslotname::text),
         pg_catalog.jsonb_build_array('synchronous commit', s.subsynccommit)) as facts,
       pg_catalog.format(E'create subscription %I\n  connection ''…''  -- not shown: it may hold a password\n  publication %s\n  with (connect = false, slot_name = %s%s);%s',
         s.subname, (select pg_catalog.string_agg(pg_catalog.quote_ident(p), ', ') from pg_catalog.unnest(s.subpublications) p),
         coalesce(pg_catalog.quote_literal(s.subslotname), 'none'),
         pg_catalog.concat(case when s.subbinary then ', binary = true' end,
           case when s.subsynccommit <> 'off' then pg_catalog.format(', synchronous_commit = %L', s.subsynccommit) end,
           (subscription_options)),
         case when s.subenabled then E'\n\n-- it is on: enable it once its connection is filled in' else '' end) as definition,
       null::jsonb as listed, (labels) as labels
  from pg_catalog.pg_subscription s
 where s.oid = $1::pg_catalog.oid;
