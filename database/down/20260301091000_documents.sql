drop table public.documents;
