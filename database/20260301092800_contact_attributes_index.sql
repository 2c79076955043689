-- chatly: idempotent
-- chatly: allow=create-index reason="the table is new and empty when this runs; build it concurrently on a full one"
-- chatly: lock_timeout=2s statement_timeout=15min
-- Contacts by a fact about them (attributes @> '{"source": "ad"}'), for the segments that the backend makes.
-- jsonb_path_ops knows only @>, and is smaller and faster than the default for it. @> is not leakproof, so a user's
-- query goes through the tenant's contacts instead.
create index if not exists social_contacts_attributes_idx on public.social_contacts using gin (attributes jsonb_path_ops);
comment on index public.social_contacts_attributes_idx is 'Contacts by facts about them, for segments';
