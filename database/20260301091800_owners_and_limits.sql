-- chatly: idempotent
-- Two rules that look at other rows, so that no CHECK can hold them: a client keeps an active owner, and a plan's
-- limits are kept. Both lock the client's row first; two sessions at the same moment could else both be right.
create or replace function private.keep_an_owner() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- A client that is being deleted takes its members along, and needs no owner any more.
  perform from public.platform_clients c where c.id = old.platform_client_id for no key update;
  if found and not exists (
    select from public.client_members m
     where m.platform_client_id = old.platform_client_id and m.role = 'owner' and m.status = 'active') then
    raise exception 'A client must keep an active owner: make somebody else owner first.'
      using errcode = 'restrict_violation', table = 'client_members', constraint = 'client_members_keep_an_owner';
  end if;
  return null;
end $$;
comment on function private.keep_an_owner() is 'Trigger: the last active owner of a client cannot leave, be suspended or step down';

create or replace trigger client_members_keep_an_owner_deleted after delete on public.client_members
  for each row when (old.role = 'owner' and old.status = 'active') execute function private.keep_an_owner();
create or replace trigger client_members_keep_an_owner_changed after update of role, status on public.client_members
  for each row when (old.role = 'owner' and old.status = 'active' and (new.role <> 'owner' or new.status <> 'active'))
  execute function private.keep_an_owner();

-- Arguments of the trigger: the column of plans with the limit, and what is counted, in words.
create or replace function private.keep_plan_limit() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  client record;
  allowed integer;
  there bigint;
begin
  for client in
    select c.id, c.name, to_jsonb(p) ->> tg_argv[0] as maximum, p.name as plan
      from public.platform_clients c
      join public.plans p on p.id = c.plan_id
     where c.id in (select added.platform_client_id from added)
     order by c.id
       for no key update of c
  loop
    allowed := client.maximum::integer;
    execute format('select count(*) from %I.%I t where t.platform_client_id = $1', tg_table_schema, tg_table_name)
      into there using client.id;
    if there > allowed then
      raise exception 'The plan % allows % %, and % would have %.', client.plan, allowed, tg_argv[1], client.name, there
        using errcode = 'program_limit_exceeded', table = tg_table_name, hint = 'Change to a larger plan first.';
    end if;
  end loop;
  return null;
end $$;
comment on function private.keep_plan_limit() is 'Trigger: what a client has stays within its plan';
revoke execute on function private.keep_an_owner(), private.keep_plan_limit() from public;

create or replace trigger client_members_plan_limit after insert on public.client_members
  referencing new table as added for each statement execute function private.keep_plan_limit('max_members', 'members');
create or replace trigger social_contacts_plan_limit after insert on public.social_contacts
  referencing new table as added for each statement execute function private.keep_plan_limit('max_contacts', 'contacts');
create or replace trigger document_files_plan_limit after insert on public.document_files
  referencing new table as added for each statement execute function private.keep_plan_limit('max_files', 'files');
