-- chatly: idempotent
-- chatly: lock_timeout=2s
-- Policies of social_contacts, conversations, messages and appointments: the daily work.
-- Owners see everything of the client; agents what is in the common inbox or theirs; members no correspondence.

drop policy if exists social_contacts_select on public.social_contacts;
create policy social_contacts_select on public.social_contacts for select to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('member')))
  );
comment on policy social_contacts_select on public.social_contacts is
  'Members see the contacts';

drop policy if exists social_contacts_insert on public.social_contacts;
create policy social_contacts_insert on public.social_contacts for insert to authenticated
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
  );
comment on policy social_contacts_insert on public.social_contacts is
  'Agents add contacts';

drop policy if exists social_contacts_update on public.social_contacts;
create policy social_contacts_update on public.social_contacts for update to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('agent')))
  )
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
  );
comment on policy social_contacts_update on public.social_contacts is
  'Agents correct contacts';

drop policy if exists social_contacts_delete on public.social_contacts;
create policy social_contacts_delete on public.social_contacts for delete to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('owner')))
  );
comment on policy social_contacts_delete on public.social_contacts is
  'Owners delete contacts, with all that hangs on them';

drop policy if exists conversations_select on public.conversations;
create policy conversations_select on public.conversations for select to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or assigned_to is null or assigned_to = (select auth.uid()))
  );
comment on policy conversations_select on public.conversations is
  'Owners see all; agents what is unassigned or theirs';

drop policy if exists conversations_insert on public.conversations;
create policy conversations_insert on public.conversations for insert to authenticated
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or assigned_to is null or assigned_to = (select auth.uid()))
  );
comment on policy conversations_insert on public.conversations is
  'Owners begin any; agents begin what is unassigned or theirs';

drop policy if exists conversations_update on public.conversations;
create policy conversations_update on public.conversations for update to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or assigned_to is null or assigned_to = (select auth.uid()))
  )
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or assigned_to is null or assigned_to = (select auth.uid()))
  );
comment on policy conversations_update on public.conversations is
  'Owners change all; agents what is unassigned or theirs. Handing over to a colleague takes it out of sight: public.assign_conversation() does that';

drop policy if exists conversations_delete on public.conversations;
create policy conversations_delete on public.conversations for delete to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('owner')))
  );
comment on policy conversations_delete on public.conversations is
  'Owners delete conversations';

drop policy if exists messages_select on public.messages;
create policy messages_select on public.messages for select to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or conversation_id in (select private.agent_conversation_ids()))
  );
comment on policy messages_select on public.messages is
  'Whoever may see the conversation sees its messages';

drop policy if exists messages_insert on public.messages;
create policy messages_insert on public.messages for insert to authenticated
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or conversation_id in (select private.agent_conversation_ids()))
    and direction = 'out' and sent_by = (select auth.uid())
  );
comment on policy messages_insert on public.messages is
  'Answers in one''s own name only; what comes in is written by the backend';

drop policy if exists messages_update on public.messages;
create policy messages_update on public.messages for update to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or conversation_id in (select private.agent_conversation_ids()))
    and (sent_by = (select auth.uid()) or platform_client_id = any (array(select private.client_ids('owner'))))
  )
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or conversation_id in (select private.agent_conversation_ids()))
    and (sent_by = (select auth.uid()) or platform_client_id = any (array(select private.client_ids('owner'))))
  );
comment on policy messages_update on public.messages is
  'The status of one''s own messages; owners of all. The text is not granted: what was sent was sent';

drop policy if exists messages_delete on public.messages;
create policy messages_delete on public.messages for delete to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('owner')))
  );
comment on policy messages_delete on public.messages is
  'Owners delete messages';

drop policy if exists appointments_select on public.appointments;
create policy appointments_select on public.appointments for select to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('member')))
  );
comment on policy appointments_select on public.appointments is
  'Members see the calendar';

drop policy if exists appointments_insert on public.appointments;
create policy appointments_insert on public.appointments for insert to authenticated
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
  );
comment on policy appointments_insert on public.appointments is
  'Agents book';

drop policy if exists appointments_update on public.appointments;
create policy appointments_update on public.appointments for update to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('agent')))
  )
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
  );
comment on policy appointments_update on public.appointments is
  'Agents move and cancel';

drop policy if exists appointments_delete on public.appointments;
create policy appointments_delete on public.appointments for delete to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('owner')))
  );
comment on policy appointments_delete on public.appointments is
  'Owners delete appointments; agents cancel them';
