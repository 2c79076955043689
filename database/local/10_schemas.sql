-- Schemas, grants and default privileges of a Supabase project, and the extensions that it starts with.
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

create schema if not exists extensions;
create schema if not exists auth authorization supabase_auth_admin;
create schema if not exists storage authorization supabase_storage_admin;
create schema if not exists vault;
comment on schema extensions is 'Extensions live here, as on Supabase';
comment on schema auth is 'Users and request identity: a stand-in for Supabase Auth';
comment on schema storage is 'Buckets and objects: a stand-in for Supabase Storage';
comment on schema vault is 'Secrets: a stand-in for supabase_vault, not encrypted';

do $$
declare
  wanted text;
begin
  foreach wanted in array array['pgcrypto', 'uuid-ossp', 'pg_stat_statements'] loop
    if exists (select from pg_available_extensions where name = wanted) then
      execute format('create extension if not exists %I with schema extensions', wanted);
    end if;
  end loop;
  -- As Supabase sets it for the role postgres; here for the database, so that other databases stay as they are.
  execute format('alter database %I set search_path = "$user", public, extensions', current_database());
end $$;
set search_path = "$user", public, extensions;

revoke create on schema public from public;
grant usage on schema public, extensions, auth, storage to anon, authenticated, service_role;
grant usage on schema vault to service_role;
grant all on schema storage to dashboard_user;

-- Supabase grants everything on new tables of public, TRUNCATE too: the migrations have to close it.
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;

commit;
