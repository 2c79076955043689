drop table public.platform_clients;
