-- chatly: idempotent
-- chatly: allow=unseen-code reason="MAINTAIN is known from PostgreSQL 17 on"
-- The schema for what policies and triggers call. The API does not expose it, so nothing in it is an endpoint.
-- And: what Supabase's default grants would leave open on the tables of the following migrations. TRUNCATE is not
-- subject to row level security, TRIGGER and REFERENCES let a role act on rows it cannot see, MAINTAIN (PostgreSQL 17)
-- lets it lock the table. Each of those migrations then grants again what users need: INSERT and UPDATE by column, so
-- that nobody can forge created_at, sent_at or the tenant of a row.
create schema if not exists private;
comment on schema private is 'Functions behind policies and triggers; not exposed by the API';
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role;

alter default privileges in schema public revoke truncate, references, trigger on tables from anon, authenticated;
alter default privileges in schema public revoke execute on functions from anon;
do $$
begin
  if current_setting('server_version_num')::integer >= 170000 then
    alter default privileges in schema public revoke maintain on tables from anon, authenticated;
  end if;
end $$;

create or replace function private.set_updated_at() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;
comment on function private.set_updated_at() is 'Trigger: keeps updated_at at the time of the last change';
revoke execute on function private.set_updated_at() from public;
