-- chatly: idempotent
-- The tenants: businesses that talk to their leads through Chatly.
-- A plan in use cannot be deleted (RESTRICT): a client without limits must not come about by a slip.
create table if not exists public.platform_clients (
  id uuid primary key default gen_random_uuid(),
  plan_id uuid not null references public.plans (id) on update cascade on delete restrict,
  name text not null check (length(btrim(name)) between 1 and 120),
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 63),
  country text not null check (country ~ '^[A-Z]{2}$'),
  language text not null default 'en' check (language ~ '^[a-z]{2,3}$'),
  time_zone text not null default 'UTC' check (length(time_zone) between 1 and 64),
  status text not null default 'active' check (status in ('trial', 'active', 'suspended', 'closed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index if not exists platform_clients_plan_id_idx on public.platform_clients (plan_id);
comment on table public.platform_clients is 'Tenants: businesses that talk to their contacts through Chatly';
comment on column public.platform_clients.id is 'Key; every row of the tenant carries it as platform_client_id';
comment on column public.platform_clients.plan_id is 'The plan that the client is on';
comment on column public.platform_clients.name is 'Name of the business';
comment on column public.platform_clients.slug is 'Short name in addresses, lower case with hyphens';
comment on column public.platform_clients.country is 'ISO 3166 code of the country';
comment on column public.platform_clients.language is 'ISO 639 code of the language of the business';
comment on column public.platform_clients.time_zone is 'IANA time zone in which appointments are shown';
comment on column public.platform_clients.status is 'trial, active, suspended or closed';
comment on column public.platform_clients.created_at is 'When the row was made';
comment on column public.platform_clients.updated_at is 'When the row was last changed';

alter table public.platform_clients enable row level security;
create or replace trigger platform_clients_set_updated_at before update on public.platform_clients
  for each row execute function private.set_updated_at();

-- The plan is changed by public.change_plan() only, so the column is not granted.
revoke all on public.platform_clients from anon, authenticated;
grant select on public.platform_clients to anon, authenticated;
grant update (name, slug, country, language, time_zone) on public.platform_clients to authenticated;
grant all on public.platform_clients to service_role;
