-- chatly: idempotent
-- Messages of a conversation. A reply points at an earlier message of the same conversation (recursive queries).
-- The author may leave Chatly and the message stays (SET NULL); a deleted conversation takes its messages along.
create table if not exists public.messages (
  id uuid primary key default gen_random_uuid(),
  platform_client_id uuid not null,
  conversation_id uuid not null,
  reply_to_id uuid references public.messages (id) on delete set null,
  sent_by uuid references auth.users (id) on delete set null,
  external_id text check (length(external_id) between 1 and 128),
  direction text not null check (direction in ('in', 'out')),
  content_type text not null default 'text' check (content_type in ('text', 'image', 'audio', 'document')),
  body text not null check (length(body) between 1 and 4096),
  status text not null default 'sent' check (status in ('queued', 'sent', 'delivered', 'read', 'failed')),
  sent_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (conversation_id, external_id),
  foreign key (conversation_id, platform_client_id)
    references public.conversations (id, platform_client_id) on update cascade on delete cascade,
  constraint messages_inbound_has_no_member check (direction = 'out' or sent_by is null),
  constraint messages_no_reply_to_itself check (reply_to_id <> id)
);
create index if not exists messages_thread_idx on public.messages (conversation_id, platform_client_id, sent_at);
create index if not exists messages_client_time_idx on public.messages (platform_client_id, sent_at);
create index if not exists messages_reply_to_idx on public.messages (reply_to_id);
create index if not exists messages_sent_by_idx on public.messages (sent_by);
comment on table public.messages is 'Messages of a conversation, both ways';
comment on column public.messages.id is 'Key';
comment on column public.messages.platform_client_id is 'The client; repeated here for row level security, held right by the foreign key';
comment on column public.messages.conversation_id is 'The conversation';
comment on column public.messages.reply_to_id is 'The earlier message of the same conversation that this one answers';
comment on column public.messages.sent_by is 'The member who wrote it; null for the contact, for robots, and for users who are gone';
comment on column public.messages.external_id is 'Id at the network: a webhook that comes twice makes one row';
comment on column public.messages.direction is 'in: from the contact; out: to the contact';
comment on column public.messages.content_type is 'What it carries beside the text';
comment on column public.messages.body is 'The text, or the caption of what it carries';
comment on column public.messages.status is 'How far the network has delivered it';
comment on column public.messages.sent_at is 'When it was sent';
comment on column public.messages.created_at is 'When the row was made';
comment on column public.messages.updated_at is 'When the row was last changed';

create or replace function private.check_reply() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from public.messages m
                  where m.id = new.reply_to_id and m.conversation_id = new.conversation_id) then
    raise exception 'A reply must answer a message of its own conversation.'
      using errcode = 'foreign_key_violation', table = 'messages', column = 'reply_to_id';
  end if;
  return new;
end $$;
comment on function private.check_reply() is 'Trigger: a reply stays in its conversation';
revoke execute on function private.check_reply() from public;

alter table public.messages enable row level security;
create or replace trigger messages_set_updated_at before update on public.messages
  for each row execute function private.set_updated_at();
create or replace trigger messages_check_reply before insert or update of reply_to_id, conversation_id on public.messages
  for each row when (new.reply_to_id is not null) execute function private.check_reply();

revoke all on public.messages from anon, authenticated;
grant select on public.messages to anon, authenticated;
grant delete, insert (id, platform_client_id, conversation_id, reply_to_id, sent_by, direction, content_type, body, status),
  update (status) on public.messages to authenticated;
grant all on public.messages to service_role;
