drop table public.channels;
