-- vault: the names and columns of supabase_vault, so that queries run; the secrets are NOT encrypted here.
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
  if exists (select from pg_extension where extname = 'supabase_vault') then
    return;
  end if;
  create table if not exists vault.secrets (
    id uuid primary key default gen_random_uuid(),
    name text,
    description text not null default '',
    secret text not null,
    key_id uuid,
    nonce bytea,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create unique index if not exists secrets_name_idx on vault.secrets (name) where name is not null;
  create or replace view vault.decrypted_secrets as
    select id, name, description, secret, secret as decrypted_secret, key_id, nonce, created_at, updated_at
      from vault.secrets;
  comment on table vault.secrets is 'Secrets of the project; a stand-in that does not encrypt';
  grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
end $$;

create or replace function vault.create_secret(
  new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
) returns uuid language sql security definer set search_path = '' as $$
  insert into vault.secrets (secret, name, description, key_id)
  values (new_secret, new_name, new_description, new_key_id)
  returning id
$$;
revoke execute on function vault.create_secret(text, text, text, uuid) from public;
grant execute on function vault.create_secret(text, text, text, uuid) to service_role;

commit;
