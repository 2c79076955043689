-- chatly: idempotent
-- chatly: allow=create-index reason="the table is new and empty when this runs; build it concurrently on a full one"
-- chatly: lock_timeout=2s statement_timeout=15min
-- Messages of a period over all tenants, for the backend's exports and retention. Messages arrive in the order of time,
-- so a BRIN index (the first and last time of each 32 pages) finds a week while being thousands of times smaller than a
-- B-tree, and costs an insert next to nothing. It helps as far as the order on disk is that of time: after a load in
-- another order, pg_stats.correlation of sent_at says so.
create index if not exists messages_sent_at_brin on public.messages using brin (sent_at) with (pages_per_range = 32, autosummarize = on);
comment on index public.messages_sent_at_brin is 'Messages of a period over all tenants, for exports and retention';
