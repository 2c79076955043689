-- chatly: idempotent
-- A client's connected accounts. One account of a network belongs to one client, whoever connects it first.
create table if not exists public.channels (
  id uuid primary key default gen_random_uuid(),
  platform_client_id uuid not null references public.platform_clients (id) on delete cascade,
  kind text not null check (kind in ('whatsapp', 'instagram', 'messenger')),
  external_account_id text not null check (length(external_account_id) between 1 and 128),
  display_name text not null check (length(btrim(display_name)) between 1 and 120),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (kind, external_account_id),
  unique (platform_client_id, id)
);
comment on table public.channels is
  'Connected accounts of a client; needed because a client can have two WhatsApp numbers, and the kind belongs to the account';
comment on column public.channels.id is 'Key';
comment on column public.channels.platform_client_id is 'The client whose account it is';
comment on column public.channels.kind is 'whatsapp, instagram or messenger';
comment on column public.channels.external_account_id is 'Id of the account at the network';
comment on column public.channels.display_name is 'Name or number that contacts see';
comment on column public.channels.is_active is 'Whether messages flow';
comment on column public.channels.created_at is 'When the row was made';
comment on column public.channels.updated_at is 'When the row was last changed';

alter table public.channels enable row level security;
create or replace trigger channels_set_updated_at before update on public.channels
  for each row execute function private.set_updated_at();

revoke all on public.channels from anon, authenticated;
grant select on public.channels to anon, authenticated;
grant delete, insert (id, platform_client_id, kind, external_account_id, display_name, is_active),
  update (display_name, is_active) on public.channels to authenticated;
grant all on public.channels to service_role;
