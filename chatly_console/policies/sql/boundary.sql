-- chatly_imp: the login under which the console impersonates users. It has no rights of its own and may become anon or
-- authenticated only, so that no statement typed under it reaches further.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'chatly_imp') then
    create role chatly_imp login noinherit;
  end if;
  if pg_catalog.current_setting('server_version_num')::int >= 160000 then
    grant anon, authenticated to chatly_imp with inherit false, set true;
  else
    grant anon, authenticated to chatly_imp;
  end if;
end $$
