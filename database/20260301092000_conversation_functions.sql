-- chatly: idempotent
-- Beginning and handing over conversations, and booking. They run with the caller's rights (SECURITY INVOKER), so the
-- policies decide; only handing over needs more, because it takes the row out of the caller's sight.
-- Errors: P0002 no such thing that the caller may see, 23503 not a member who could do it, 23505 there is an open
-- conversation, 23P01 the host is taken, 22023 and 22004 values that make no sense, 55000 the contact is blocked; what
-- a CHECK refuses comes as 23514 with the constraint's name, what a policy refuses as 42501.
create or replace function public.start_conversation(contact_id uuid, subject text, first_message text)
returns uuid language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
  contact record;
  begun uuid;
begin
  select s.platform_client_id as client, s.display_name, s.blocked_at into contact
    from public.social_contacts s where s.id = contact_id;
  if not found then
    raise exception 'There is no contact % that you may see.', contact_id using errcode = 'no_data_found';
  end if;
  if contact.blocked_at is not null then
    raise exception 'The contact % has been blocked since %.', contact.display_name, contact.blocked_at
      using errcode = 'object_not_in_prerequisite_state', hint = 'Unblock the contact first.';
  end if;
  begin
    insert into public.conversations (platform_client_id, social_contact_id, assigned_to, subject)
    values (contact.client, contact_id, auth.uid(), start_conversation.subject)
    returning id into begun;
  exception when unique_violation then
    raise exception 'There is an open conversation with this contact already.'
      using errcode = 'unique_violation', constraint = 'conversations_one_open_idx';
  end;
  insert into public.messages (platform_client_id, conversation_id, sent_by, direction, body, status)
  values (contact.client, begun, auth.uid(), 'out', first_message, 'queued');
  return begun;
end $$;
comment on function public.start_conversation(uuid, text, text) is
  'Begins a conversation with its first message, assigned to the caller; both or neither; returns its id';

create or replace function public.assign_conversation(conversation_id uuid, member_id uuid)
returns void language plpgsql security definer set search_path = '' as $$
declare
  client uuid;
begin
  select c.platform_client_id into client
    from public.conversations c
   where c.id = conversation_id
     and c.platform_client_id = any (array(select private.client_ids('agent')))
     and (c.assigned_to is null or c.assigned_to = (select auth.uid())
          or c.platform_client_id = any (array(select private.client_ids('owner'))))
     for no key update;
  if not found then
    raise exception 'There is no conversation % that you may hand over.', conversation_id using errcode = 'no_data_found';
  end if;
  if member_id is not null and not exists (
    select from public.client_members m
     where m.platform_client_id = client and m.user_id = member_id
       and m.status = 'active' and m.role in ('agent', 'owner')) then
    raise exception 'The user % does not answer contacts of this client.', member_id using errcode = 'foreign_key_violation';
  end if;
  update public.conversations c set assigned_to = member_id where c.id = conversation_id;
end $$;
comment on function public.assign_conversation(uuid, uuid) is
  'Hands a conversation to a colleague, or with null back to the inbox';

create or replace function public.book_appointment(
  contact_id uuid, host_id uuid, title text, starts_at timestamptz, duration interval default '30 minutes'
) returns uuid language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
  client uuid;
  booked uuid;
begin
  if book_appointment.starts_at is null or book_appointment.starts_at <= now() then
    raise exception 'An appointment must lie in the future, not at %.', book_appointment.starts_at
      using errcode = 'invalid_parameter_value';
  end if;
  if duration is null then
    raise exception 'An appointment needs a duration.' using errcode = 'null_value_not_allowed';
  end if;
  select s.platform_client_id into client from public.social_contacts s where s.id = contact_id;
  if not found then
    raise exception 'There is no contact % that you may see.', contact_id using errcode = 'no_data_found';
  end if;
  if host_id is not null and not exists (
    select from public.client_members m
     where m.platform_client_id = client and m.user_id = book_appointment.host_id
       and m.status = 'active' and m.role in ('agent', 'owner')) then
    raise exception 'The user % does not receive contacts of this client.', host_id using errcode = 'foreign_key_violation';
  end if;
  insert into public.appointments (platform_client_id, social_contact_id, conversation_id, host_id, title, starts_at, ends_at)
  values (client, contact_id,
          (select c.id from public.conversations c where c.social_contact_id = contact_id and c.status <> 'closed'),
          book_appointment.host_id, book_appointment.title, book_appointment.starts_at,
          book_appointment.starts_at + duration)
  returning id into booked;
  return booked;
exception when exclusion_violation then
  raise exception 'The host has another appointment between % and %.', book_appointment.starts_at, book_appointment.starts_at + duration
    using errcode = 'exclusion_violation', constraint = 'appointments_no_double_booking';
end $$;
comment on function public.book_appointment(uuid, uuid, text, timestamptz, interval) is
  'Books a host for a contact, in the contact''s open conversation if there is one; returns the id';

revoke execute on function public.start_conversation(uuid, text, text), public.assign_conversation(uuid, uuid),
  public.book_appointment(uuid, uuid, text, timestamptz, interval) from public, anon;
grant execute on function public.start_conversation(uuid, text, text), public.assign_conversation(uuid, uuid),
  public.book_appointment(uuid, uuid, text, timestamptz, interval) to authenticated, service_role;
