-- chatly: idempotent
-- Founding a client and changing its plan: steps that succeed or fail together, and that no policy allows one by one.
-- SECURITY DEFINER, so each asks first who calls. Errors: 28000 not signed in, 42501 not allowed, P0002 no such thing,
-- 54000 beyond the plan.
create or replace function public.found_client(name text, slug text, country text, language text, time_zone text)
returns uuid language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  caller uuid := auth.uid();
  founded uuid;
begin
  -- Supabase's anonymous sign-in has the role authenticated too, and a user; it is nobody who could own a client.
  if caller is null or coalesce(auth.jwt() ->> 'is_anonymous', 'false') = 'true' then
    raise exception 'Sign in before you found a client.' using errcode = 'invalid_authorization_specification';
  end if;
  if not exists (select from pg_catalog.pg_timezone_names z where z.name = found_client.time_zone) then
    raise exception 'There is no time zone %.', found_client.time_zone using errcode = 'invalid_parameter_value';
  end if;
  insert into public.platform_clients (plan_id, name, slug, country, language, time_zone, status)
  select p.id, found_client.name, found_client.slug, found_client.country, found_client.language,
         found_client.time_zone, 'trial'
    from public.plans p where p.is_public order by p.price_cents, p.code limit 1
  returning id into founded;
  if founded is null then
    raise exception 'There is no public plan to begin with.' using errcode = 'no_data_found';
  end if;
  insert into public.client_members (platform_client_id, user_id, role, display_name)
  select founded, u.id, 'owner', coalesce(nullif(btrim(u.raw_user_meta_data ->> 'name'), ''), u.email, 'Owner')
    from auth.users u where u.id = caller;
  if not found then
    raise exception 'There is no user %.', caller using errcode = 'no_data_found';
  end if;
  return founded;
end $$;
comment on function public.found_client(text, text, text, text, text) is
  'Founds a client on the cheapest public plan, with the caller as its owner; returns its id';

create or replace function public.change_plan(client_id uuid, plan_code text)
returns void language plpgsql security definer set search_path = '' as $$
declare
  chosen uuid;
begin
  if client_id is null or not client_id = any (array(select private.client_ids('owner'))) then
    raise exception 'Only an owner may change the plan of a client.' using errcode = 'insufficient_privilege';
  end if;
  select p.id into chosen from public.plans p where p.code = plan_code and p.is_public;
  if not found then
    raise exception 'There is no plan % on the price list.', coalesce(plan_code, 'without a code') using errcode = 'no_data_found';
  end if;
  -- A trigger refuses a plan that is too small (54000).
  update public.platform_clients c set plan_id = chosen where c.id = client_id;
end $$;
comment on function public.change_plan(uuid, text) is 'Puts a client of which the caller is an owner on a plan of the price list';

revoke execute on function public.found_client(text, text, text, text, text), public.change_plan(uuid, text) from public, anon;
grant execute on function public.found_client(text, text, text, text, text), public.change_plan(uuid, text)
  to authenticated, service_role;
