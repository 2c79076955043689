drop table public.social_contacts;
