drop index public.messages_outbox_idx;
