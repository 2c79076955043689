drop table public.appointments;
