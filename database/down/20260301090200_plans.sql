drop table public.plans;
