-- chatly: idempotent
-- chatly: lock_timeout=2s
-- Policies of plans, platform_clients, client_members and channels: what an owner runs.
-- Plans are written by the backend (service_role) only, clients are founded by public.found_client() and removed by the
-- backend: where no policy is named for a command, nobody but service_role may do it.

drop policy if exists plans_select_anon on public.plans;
create policy plans_select_anon on public.plans for select to anon
  using (
    is_public
  );
comment on policy plans_select_anon on public.plans is
  'The price list is public';

drop policy if exists plans_select on public.plans;
create policy plans_select on public.plans for select to authenticated
  using (
    is_public or id = any (array(select private.plan_ids()))
  );
comment on policy plans_select on public.plans is
  'The price list, and the plan that a client of the caller is on';

drop policy if exists platform_clients_select on public.platform_clients;
create policy platform_clients_select on public.platform_clients for select to authenticated
  using (
    id = any (array(select private.client_ids('member')))
  );
comment on policy platform_clients_select on public.platform_clients is
  'Members see their clients';

drop policy if exists platform_clients_update on public.platform_clients;
create policy platform_clients_update on public.platform_clients for update to authenticated
  using (
    id = any (array(select private.client_ids('owner')))
  )
  with check (
    id = any (array(select private.client_ids('owner')))
  );
comment on policy platform_clients_update on public.platform_clients is
  'Owners change their clients (the granted columns: not the plan, not the status)';

drop policy if exists client_members_select on public.client_members;
create policy client_members_select on public.client_members for select to authenticated
  using (
    user_id = (select auth.uid())
    or platform_client_id = any (array(select private.client_ids('member')))
  );
comment on policy client_members_select on public.client_members is
  'Members see their colleagues; who is suspended still sees the own row, and so knows why the rest is gone';

drop policy if exists client_members_insert on public.client_members;
create policy client_members_insert on public.client_members for insert to authenticated
  with check (
    platform_client_id = any (array(select private.client_ids('owner')))
  );
comment on policy client_members_insert on public.client_members is
  'Owners add members';

drop policy if exists client_members_update on public.client_members;
create policy client_members_update on public.client_members for update to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('owner')))
  )
  with check (
    platform_client_id = any (array(select private.client_ids('owner')))
  );
comment on policy client_members_update on public.client_members is
  'Owners change roles and suspend; nobody promotes himself';

drop policy if exists client_members_delete on public.client_members;
create policy client_members_delete on public.client_members for delete to authenticated
  using (
    user_id = (select auth.uid())
    or platform_client_id = any (array(select private.client_ids('owner')))
  );
comment on policy client_members_delete on public.client_members is
  'Owners remove members, and anybody may leave';

drop policy if exists channels_select on public.channels;
create policy channels_select on public.channels for select to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('member')))
  );
comment on policy channels_select on public.channels is
  'Members see the channels';

drop policy if exists channels_insert on public.channels;
create policy channels_insert on public.channels for insert to authenticated
  with check (
    platform_client_id = any (array(select private.client_ids('owner')))
  );
comment on policy channels_insert on public.channels is
  'Owners connect accounts';

drop policy if exists channels_update on public.channels;
create policy channels_update on public.channels for update to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('owner')))
  )
  with check (
    platform_client_id = any (array(select private.client_ids('owner')))
  );
comment on policy channels_update on public.channels is
  'Owners rename and switch channels';

drop policy if exists channels_delete on public.channels;
create policy channels_delete on public.channels for delete to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('owner')))
  );
comment on policy channels_delete on public.channels is
  'Owners disconnect accounts';
