-- chatly: idempotent
-- Which user may act for which client, and as what. A user may be a member of several clients.
-- A user's or a client's memberships go with them (CASCADE): a membership means nothing alone.
create table if not exists public.client_members (
  platform_client_id uuid not null references public.platform_clients (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null check (role in ('owner', 'agent', 'member')),
  status text not null default 'active' check (status in ('active', 'suspended')),
  display_name text not null check (length(btrim(display_name)) between 1 and 120),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (platform_client_id, user_id)
);
create index if not exists client_members_user_id_idx
  on public.client_members (user_id) include (platform_client_id, role, status);
comment on table public.client_members is
  'Users of a client and their rights there; needed because a user can belong to several clients (many to many)';
comment on column public.client_members.platform_client_id is 'The client';
comment on column public.client_members.user_id is 'The user';
comment on column public.client_members.role is
  'owner: everything; agent: unassigned and own conversations, contacts, files, appointments; member: reads, no correspondence';
comment on column public.client_members.status is 'A suspended member sees nothing of the client but this row';
comment on column public.client_members.display_name is 'Name that contacts see';
comment on column public.client_members.created_at is 'When the row was made';
comment on column public.client_members.updated_at is 'When the row was last changed';

alter table public.client_members enable row level security;
create or replace trigger client_members_set_updated_at before update on public.client_members
  for each row execute function private.set_updated_at();

revoke all on public.client_members from anon, authenticated;
grant select on public.client_members to anon, authenticated;
grant delete, insert (platform_client_id, user_id, role, status, display_name), update (role, status, display_name)
  on public.client_members to authenticated;
grant all on public.client_members to service_role;
