drop index public.messages_sent_at_brin;
