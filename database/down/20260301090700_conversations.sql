drop table public.conversations;
