alter table public.a add check (i >= 0);
