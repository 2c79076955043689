drop function public.change_plan(uuid, text);
drop function public.found_client(text, text, text, text, text);
