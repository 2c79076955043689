-- chatly: idempotent
-- What a client pays, and how much it may use. Changed by the product's own backend (service_role) only.
create table if not exists public.plans (
  id uuid primary key default gen_random_uuid(),
  code text not null unique check (code ~ '^[a-z][a-z0-9_]{1,30}$'),
  name text not null check (length(name) between 1 and 80),
  price_cents integer not null check (price_cents >= 0),
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  max_members integer not null check (max_members > 0),
  max_contacts integer not null check (max_contacts > 0),
  max_files integer not null check (max_files > 0),
  is_public boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.plans is 'Plans that a client can be on: the price and the limits';
comment on column public.plans.id is 'Key';
comment on column public.plans.code is 'Name for programs, such as starter';
comment on column public.plans.name is 'Name for people';
comment on column public.plans.price_cents is 'Price a month in the smallest unit of the currency';
comment on column public.plans.currency is 'ISO 4217 code of the price';
comment on column public.plans.max_members is 'How many members a client on this plan may have';
comment on column public.plans.max_contacts is 'How many contacts a client on this plan may have';
comment on column public.plans.max_files is 'How many uploaded files a client on this plan may have';
comment on column public.plans.is_public is 'Whether the plan is on the price list; the others were agreed with one client';
comment on column public.plans.created_at is 'When the row was made';
comment on column public.plans.updated_at is 'When the row was last changed';

alter table public.plans enable row level security;
create or replace trigger plans_set_updated_at before update on public.plans
  for each row execute function private.set_updated_at();

revoke all on public.plans from anon, authenticated;
grant select on public.plans to anon, authenticated;
grant all on public.plans to service_role;
