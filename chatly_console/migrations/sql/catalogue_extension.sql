select '' as schema, e.extname as identity, pg_catalog.jsonb_build_object('version', e.extversion, 'schema', n.nspname) as def
  from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
