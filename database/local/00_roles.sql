-- Roles of a Supabase project, for a plain PostgreSQL 14 to 18. Run as a superuser; running it again is harmless.
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
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('anon',                   'nologin inherit'),
      ('authenticated',          'nologin inherit'),
      ('service_role',           'nologin inherit bypassrls'),
      ('authenticator',          'login noinherit'),
      ('supabase_auth_admin',    'nologin noinherit'),
      ('supabase_storage_admin', 'nologin noinherit'),
      ('dashboard_user',         'nologin')) as role (name, attributes)
  loop
    if not exists (select from pg_roles where rolname = wanted.name) then
      begin
        execute format('create role %I %s', wanted.name, wanted.attributes);
      exception when duplicate_object or unique_violation then null;  -- another database of the cluster made it just now
      end;
    end if;
  end loop;
end $$;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to supabase_storage_admin;

-- The settings that the API applies for a role; SET ROLE alone does not, which the console has to know.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';

comment on role anon is 'API requests without a signed-in user';
comment on role authenticated is 'API requests of a signed-in user';
comment on role service_role is 'Backend key: bypasses row level security';
comment on role authenticator is 'Login of the API; becomes anon, authenticated or service_role for each request';

commit;
