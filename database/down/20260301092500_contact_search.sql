drop function public.search_contacts(text, integer);
drop index if exists public.social_contacts_name_idx;
