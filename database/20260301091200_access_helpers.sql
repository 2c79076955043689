-- chatly: idempotent
-- What policies ask: which clients may the caller act for, and as what. SECURITY DEFINER, because the answer is in
-- client_members, which has policies itself (asking there through its own policy would be endless recursion).
-- They take no user, so nobody can ask about another; the search path is fixed, so nothing can be slipped under them.
-- Policies call them as `= any (array(select ...))`: once for the statement, and the array can drive an index.
create or replace function private.client_ids(least_role text default 'member') returns setof uuid
language sql stable security definer set search_path = '' rows 2 as $$
  select m.platform_client_id
    from public.client_members m
    join public.platform_clients c on c.id = m.platform_client_id
   where m.user_id = (select auth.uid())
     and m.status = 'active'
     and c.status <> 'closed'
     and array_position(array['member', 'agent', 'owner'], m.role)
         >= array_position(array['member', 'agent', 'owner'], least_role)
$$;
comment on function private.client_ids(text) is
  'Clients that are not closed and of which the caller is an active member with at least this role (member, agent, owner)';

create or replace function private.agent_conversation_ids() returns setof uuid
language sql stable security definer set search_path = '' rows 500 as $$
  select c.id
    from public.conversations c
   where c.platform_client_id = any (array(select private.client_ids('agent')))
     and (c.assigned_to is null or c.assigned_to = (select auth.uid()))
$$;
comment on function private.agent_conversation_ids() is
  'Conversations of the caller''s clients that are assigned to the caller or to nobody';

create or replace function private.plan_ids() returns setof uuid
language sql stable security definer set search_path = '' rows 2 as $$
  select c.plan_id from public.platform_clients c where c.id = any (array(select private.client_ids('member')))
$$;
comment on function private.plan_ids() is 'Plans of the clients of which the caller is an active member';

revoke execute on function private.client_ids(text), private.agent_conversation_ids(), private.plan_ids() from public;
grant execute on function private.client_ids(text), private.agent_conversation_ids(), private.plan_ids()
  to authenticated, service_role;
