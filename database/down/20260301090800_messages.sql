drop table public.messages;
drop function private.check_reply();
