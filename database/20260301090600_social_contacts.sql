-- chatly: idempotent
-- A client's leads, each as the network knows them. The composite key to channels keeps a contact in its client.
create table if not exists public.social_contacts (
  id uuid primary key default gen_random_uuid(),
  platform_client_id uuid not null,
  channel_id uuid not null,
  external_id text not null check (length(external_id) between 1 and 128),
  display_name text not null check (length(btrim(display_name)) between 1 and 120),
  phone text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  email text check (length(email) <= 254 and email ~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:].]+$'),
  language text check (language ~ '^[a-z]{2,3}$'),
  attributes jsonb not null default '{}' check (jsonb_typeof(attributes) = 'object'),
  blocked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (platform_client_id, channel_id, external_id),
  unique (platform_client_id, id),
  foreign key (platform_client_id, channel_id)
    references public.channels (platform_client_id, id) on update cascade on delete cascade
);
comment on table public.social_contacts is 'Leads of a client, one row for each identity on one of its channels';
comment on column public.social_contacts.id is 'Key';
comment on column public.social_contacts.platform_client_id is 'The client whose contact it is';
comment on column public.social_contacts.channel_id is 'The account to which the contact wrote';
comment on column public.social_contacts.external_id is 'Id of the contact at the network';
comment on column public.social_contacts.display_name is 'Name as the network gave it: any script, not to be trusted';
comment on column public.social_contacts.phone is 'Telephone number in E.164 form';
comment on column public.social_contacts.email is 'E-mail address, where the contact gave one';
comment on column public.social_contacts.language is 'ISO 639 code of the language in which the contact writes';
comment on column public.social_contacts.attributes is 'Facts from forms and integrations, as an object';
comment on column public.social_contacts.blocked_at is 'When the client blocked the contact; null while not blocked';
comment on column public.social_contacts.created_at is 'When the row was made';
comment on column public.social_contacts.updated_at is 'When the row was last changed';

alter table public.social_contacts enable row level security;
create or replace trigger social_contacts_set_updated_at before update on public.social_contacts
  for each row execute function private.set_updated_at();

revoke all on public.social_contacts from anon, authenticated;
grant select on public.social_contacts to anon, authenticated;
grant delete,
  insert (id, platform_client_id, channel_id, external_id, display_name, phone, email, language, attributes, blocked_at),
  update (display_name, phone, email, language, attributes, blocked_at) on public.social_contacts to authenticated;
grant all on public.social_contacts to service_role;
