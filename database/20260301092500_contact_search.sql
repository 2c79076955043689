-- chatly: idempotent
-- chatly: allow=unseen-code reason="the index is made only where pg_trgm is there"
-- Finding a contact by part of the name. ILIKE is not leakproof: under row level security PostgreSQL tests it after
-- the policies and so never with an index, which reads every contact of the tenant. The function holds the policy's rule
-- itself (SECURITY DEFINER, the caller's clients only), so one index narrows by tenant and by letters at once.
-- Measured once with 395,000 contacts, 21,000 of them the tenant's: 1.2 ms, against 4.3 ms without an index and 2.6 ms
-- with GIN on the names alone, which takes 97 ms for two letters, since it finds the contacts of everybody.
-- Without pg_trgm everything works, the search only reads the tenant's contacts one by one.
do $$
begin
  if exists (select from pg_extension where extname = 'pg_trgm') then
    execute format(
      'create index if not exists social_contacts_name_idx on public.social_contacts using gist (platform_client_id %s, display_name %I.gist_trgm_ops)',
      (select format('%I.gist_uuid_ops', n.nspname)
         from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'btree_gist'),
      (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm'));
    comment on index public.social_contacts_name_idx is 'Contacts of a client by any part of the name, for search_contacts()';
  else
    raise notice 'pg_trgm is missing: search_contacts() works without its index';
  end if;
end $$;

create or replace function public.search_contacts(term text, match_count integer default 20)
returns table (id uuid, platform_client_id uuid, channel_id uuid, display_name text, phone text, email text)
language plpgsql stable security definer rows 20
set search_path = '' set plan_cache_mode = 'force_custom_plan' as $$
#variable_conflict use_column
declare
  clients uuid[] := array(select private.client_ids('member'));
  pattern text := '%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%';
begin
  if term is null or length(btrim(term)) < 2 then
    raise exception 'At least two letters of a name are needed.' using errcode = 'invalid_parameter_value';
  elsif match_count is null or match_count not between 1 and 200 then
    raise exception 'match_count must be between 1 and 200, not %.', match_count using errcode = 'invalid_parameter_value';
  end if;
  return query
    select s.id, s.platform_client_id, s.channel_id, s.display_name, s.phone, s.email
      from public.social_contacts s
     where s.platform_client_id = any (clients)
       and s.display_name ilike pattern
     order by s.display_name, s.id
     limit match_count;
end $$;
comment on function public.search_contacts(text, integer) is
  'Contacts of the caller''s clients whose name holds the term, in any case; the same rows that the policies show';
revoke execute on function public.search_contacts(text, integer) from public, anon;
grant execute on function public.search_contacts(text, integer) to authenticated, service_role;
