-- chatly: idempotent
-- Two rules that look at other rows, so that no CHECK can hold them: a client keeps an active owner, and a plan's
-- limits are kept, whether rows are added or the plan is changed. Each locks the client's row first and reads after
-- that, in statements of their own: two sessions at the same moment could else both be right. Lowering the limits of a
-- plan in use takes nothing away from who is on it already; it holds for what they add.
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
  -- Always in the order of the ids, so that two sessions never wait for each other in a circle.
  perform from public.platform_clients c
    where c.id in (select added.platform_client_id from added) order by c.id for no key update;
  for client in
    select c.id, c.name, to_jsonb(p) ->> tg_argv[0] as maximum, p.name as plan
      from public.platform_clients c
      join public.plans p on p.id = c.plan_id
     where c.id in (select added.platform_client_id from added)
     order by c.id
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

create or replace trigger client_members_plan_limit after insert on public.client_members
  referencing new table as added for each statement execute function private.keep_plan_limit('max_members', 'members');
create or replace trigger social_contacts_plan_limit after insert on public.social_contacts
  referencing new table as added for each statement execute function private.keep_plan_limit('max_contacts', 'contacts');
create or replace trigger document_files_plan_limit after insert on public.document_files
  referencing new table as added for each statement execute function private.keep_plan_limit('max_files', 'files');

-- The update that fired it holds the client's row, so nobody adds a member, contact or file while they are counted.
create or replace function private.keep_plan_large_enough() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  chosen public.plans;
  members bigint;
  contacts bigint;
  files bigint;
begin
  select p.* into chosen from public.plans p where p.id = new.plan_id;
  select (select count(*) from public.client_members m where m.platform_client_id = new.id),
         (select count(*) from public.social_contacts s where s.platform_client_id = new.id),
         (select count(*) from public.document_files f where f.platform_client_id = new.id)
    into members, contacts, files;
  if members > chosen.max_members or contacts > chosen.max_contacts or files > chosen.max_files then
    raise exception 'The plan % is too small for % members, % contacts and % files.', chosen.name, members, contacts, files
      using errcode = 'program_limit_exceeded', table = 'platform_clients', column = 'plan_id',
            detail = format('It allows %s members, %s contacts and %s files.',
                            chosen.max_members, chosen.max_contacts, chosen.max_files);
  end if;
  return null;
end $$;
comment on function private.keep_plan_large_enough() is 'Trigger: a client is not put on a plan that is too small for it';

create or replace trigger platform_clients_plan_large_enough after update of plan_id on public.platform_clients
  for each row when (new.plan_id is distinct from old.plan_id) execute function private.keep_plan_large_enough();

revoke execute on function private.keep_an_owner(), private.keep_plan_limit(), private.keep_plan_large_enough() from public;
