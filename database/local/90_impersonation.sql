-- chatly_imp: the login under which the console impersonates users. It owns nothing, may read nothing by itself,
-- and can become anon or authenticated only, so that no statement typed under it reaches further.
-- One transaction, so that a refusal stops the whole file also where the client goes on after an error.
begin;

do $guard$
begin
  if exists (select from pg_roles where rolname = 'supabase_admin')
     or current_setting('supautils.reserved_roles', true) is not null
     or exists (select from pg_namespace where nspname = 'auth'
                and coalesce(obj_description(oid, 'pg_namespace'), '') not like '%stand-in for Supabase%') then
    raise exception 'This is a Supabase project, or has an auth schema of its own: the stand-in of database/local/ must not run here.'
      using errcode = 'object_not_in_prerequisite_state',
            hint = 'Run only the migrations in database/ on this database.';
  end if;
end $guard$;

do $$
begin
  if not exists (select from pg_roles where rolname = 'chatly_imp') then
    begin
      create role chatly_imp login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
    exception when duplicate_object or unique_violation then null;  -- another database of the cluster made it just now
    end;
  end if;
  if current_setting('server_version_num')::int >= 160000 then
    execute 'grant anon, authenticated to chatly_imp with inherit false, set true';
  else
    grant anon, authenticated to chatly_imp;
  end if;
end $$;
comment on role chatly_imp is 'Impersonation login of chatly-console: may become anon or authenticated, nothing else';

commit;
