-- chatly: idempotent
-- chatly: allow=prefer-integer reason="a check keeps it between 1 and 4"
-- Talks with a contact. A contact belongs to one channel, so one open conversation for each contact is one for each
-- contact and channel. Who leaves the client loses the assignment, the conversation stays (SET NULL).
create table if not exists public.conversations (
  id uuid primary key default gen_random_uuid(),
  platform_client_id uuid not null,
  social_contact_id uuid not null,
  assigned_to uuid,
  subject text not null check (length(btrim(subject)) between 1 and 200),
  status text not null default 'open' check (status in ('open', 'pending', 'closed')),
  priority smallint not null default 2 check (priority between 1 and 4),
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, platform_client_id),
  foreign key (platform_client_id, social_contact_id)
    references public.social_contacts (platform_client_id, id) on update cascade on delete cascade,
  foreign key (platform_client_id, assigned_to)
    references public.client_members (platform_client_id, user_id) on update cascade on delete set null (assigned_to),
  constraint conversations_closed_has_time check ((status = 'closed') = (closed_at is not null)),
  constraint conversations_closed_after_opened check (closed_at >= opened_at)
);
create unique index if not exists conversations_one_open_idx
  on public.conversations (social_contact_id) where status <> 'closed';
create index if not exists conversations_contact_idx on public.conversations (platform_client_id, social_contact_id);
create index if not exists conversations_assigned_to_idx on public.conversations (platform_client_id, assigned_to);
create index if not exists conversations_inbox_idx on public.conversations (platform_client_id, status, opened_at desc);
comment on table public.conversations is 'Talks of a client with a contact';
comment on column public.conversations.id is 'Key';
comment on column public.conversations.platform_client_id is 'The client; repeated here for row level security, held right by the foreign keys';
comment on column public.conversations.social_contact_id is 'With whom';
comment on column public.conversations.assigned_to is 'The member who answers; null while in the common inbox';
comment on column public.conversations.subject is 'What it is about, in a few words';
comment on column public.conversations.status is 'open: our turn; pending: waiting for the contact; closed';
comment on column public.conversations.priority is '1 urgent, 2 normal, 3 low, 4 whenever';
comment on column public.conversations.opened_at is 'When it began';
comment on column public.conversations.closed_at is 'When it was closed; null exactly while it is not';
comment on column public.conversations.created_at is 'When the row was made';
comment on column public.conversations.updated_at is 'When the row was last changed';

alter table public.conversations enable row level security;
create or replace trigger conversations_set_updated_at before update on public.conversations
  for each row execute function private.set_updated_at();

revoke all on public.conversations from anon, authenticated;
grant select on public.conversations to anon, authenticated;
grant delete, insert (id, platform_client_id, social_contact_id, assigned_to, subject, priority),
  update (subject, status, priority, assigned_to, closed_at) on public.conversations to authenticated;
grant all on public.conversations to service_role;
