select pg_catalog.json_build_object(
         'role', current_user,
         'login', session_user,
         'claims', coalesce(pg_catalog.current_setting('request.jwt.claims', true), ''),
         'sub', coalesce(pg_catalog.current_setting('request.jwt.claim.sub', true), '')) as who;
