drop function public.book_appointment(uuid, uuid, text, timestamptz, interval);
drop function public.assign_conversation(uuid, uuid);
drop function public.start_conversation(uuid, text, text);
