-- chatly: idempotent
-- What an agent looks at first: conversations that are not closed, with their contact and their last message, those
-- that wait longest for an answer on top. SECURITY INVOKER, so the policies of the tables below decide what each user
-- sees in it; a view with the rights of its owner would show every tenant to everybody.
create or replace view public.inbox with (security_invoker = true) as
select c.id as conversation_id,
       c.platform_client_id,
       c.subject,
       c.status,
       c.priority,
       c.assigned_to,
       c.opened_at,
       s.display_name as contact,
       h.kind as channel,
       m.direction as last_direction,
       m.body as last_message,
       m.sent_at as last_sent_at,
       m.direction = 'in' as waits_for_us
  from public.conversations c
  join public.social_contacts s on s.id = c.social_contact_id
  join public.channels h on h.id = s.channel_id
  left join lateral (
    select l.direction, l.body, l.sent_at
      from public.messages l
     where l.conversation_id = c.id and l.platform_client_id = c.platform_client_id
     order by l.sent_at desc, l.id desc
     limit 1
  ) m on true
 where c.status <> 'closed';
comment on view public.inbox is 'Conversations that are not closed, with their contact and last message; rights are the reader''s own';
comment on column public.inbox.conversation_id is 'The conversation';
comment on column public.inbox.platform_client_id is 'The client';
comment on column public.inbox.subject is 'What it is about';
comment on column public.inbox.status is 'open or pending';
comment on column public.inbox.priority is '1 urgent, 2 normal, 3 low, 4 whenever';
comment on column public.inbox.assigned_to is 'The member who answers; null while in the common inbox';
comment on column public.inbox.opened_at is 'When it began';
comment on column public.inbox.contact is 'Name of the contact';
comment on column public.inbox.channel is 'whatsapp, instagram or messenger';
comment on column public.inbox.last_direction is 'in or out; null while nothing has been written';
comment on column public.inbox.last_message is 'Text of the last message';
comment on column public.inbox.last_sent_at is 'When the last message was sent';
comment on column public.inbox.waits_for_us is 'Whether the contact wrote last';

revoke all on public.inbox from anon, authenticated;
grant select on public.inbox to authenticated, service_role;
