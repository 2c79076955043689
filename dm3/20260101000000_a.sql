create table public.a (i int);
