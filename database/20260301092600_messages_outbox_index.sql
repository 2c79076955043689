-- chatly: idempotent
-- chatly: allow=create-index reason="the table is new and empty when this runs; build it concurrently on a full one"
-- chatly: lock_timeout=2s statement_timeout=15min
-- What is still to be sent, oldest first: the backend asks every second. A partial index holds only these few rows, so
-- it stays small however long the history grows, and a message leaves it with the update that marks it as sent.
create index if not exists messages_outbox_idx on public.messages (sent_at) where status = 'queued';
comment on index public.messages_outbox_idx is 'Messages that are still to be sent, oldest first';
