drop table public.client_members;
