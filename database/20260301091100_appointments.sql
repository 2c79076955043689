-- chatly: idempotent
-- Appointments of a contact with a member. Two that take place cannot overlap for the same member: the exclusion
-- constraint holds it also for two bookings at the same moment, which no check in a program can.
-- Who leaves the client loses the appointment, which is then to be given to another (SET NULL).
create table if not exists public.appointments (
  id uuid primary key default gen_random_uuid(),
  platform_client_id uuid not null,
  social_contact_id uuid not null,
  conversation_id uuid,
  host_id uuid,
  title text not null check (length(btrim(title)) between 1 and 200),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  status text not null default 'booked' check (status in ('booked', 'confirmed', 'completed', 'cancelled', 'no_show')),
  notes text check (length(notes) <= 4000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (platform_client_id, social_contact_id)
    references public.social_contacts (platform_client_id, id) on update cascade on delete cascade,
  foreign key (conversation_id, platform_client_id)
    references public.conversations (id, platform_client_id) on update cascade on delete set null (conversation_id),
  foreign key (platform_client_id, host_id)
    references public.client_members (platform_client_id, user_id) on update cascade on delete set null (host_id),
  constraint appointments_end_after_start check (ends_at > starts_at),
  constraint appointments_at_most_a_day check (ends_at <= starts_at + interval '24 hours'),
  constraint appointments_no_double_booking exclude using gist (
    platform_client_id with =, host_id with =, tstzrange(starts_at, ends_at) with &&
  ) where (status in ('booked', 'confirmed'))
);
create index if not exists appointments_contact_idx on public.appointments (platform_client_id, social_contact_id);
create index if not exists appointments_conversation_idx on public.appointments (conversation_id, platform_client_id);
create index if not exists appointments_host_idx on public.appointments (platform_client_id, host_id, starts_at);
create index if not exists appointments_calendar_idx on public.appointments (platform_client_id, starts_at);
comment on table public.appointments is 'Appointments of a contact with a member of the client';
comment on column public.appointments.id is 'Key';
comment on column public.appointments.platform_client_id is 'The client; repeated here for row level security, held right by the foreign keys';
comment on column public.appointments.social_contact_id is 'Who comes';
comment on column public.appointments.conversation_id is 'The conversation in which it was agreed';
comment on column public.appointments.host_id is 'The member who receives; null while nobody does';
comment on column public.appointments.title is 'What for';
comment on column public.appointments.starts_at is 'Begin, included';
comment on column public.appointments.ends_at is 'End, excluded: the next may begin then';
comment on column public.appointments.status is 'booked and confirmed take up the time of the host, the others do not';
comment on column public.appointments.notes is 'Notes for the host';
comment on column public.appointments.created_at is 'When the row was made';
comment on column public.appointments.updated_at is 'When the row was last changed';

alter table public.appointments enable row level security;
create or replace trigger appointments_set_updated_at before update on public.appointments
  for each row execute function private.set_updated_at();

revoke all on public.appointments from anon, authenticated;
grant select on public.appointments to anon, authenticated;
grant delete,
  insert (id, platform_client_id, social_contact_id, conversation_id, host_id, title, starts_at, ends_at, status, notes),
  update (host_id, title, starts_at, ends_at, status, notes) on public.appointments to authenticated;
grant all on public.appointments to service_role;
