drop view public.inbox;
