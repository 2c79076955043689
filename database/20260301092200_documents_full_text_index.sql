-- chatly: idempotent
-- chatly: allow=create-index reason="the table is new and empty when this runs; build it concurrently on a full one"
-- chatly: lock_timeout=2s statement_timeout=15min
-- Full text of the chunks. 'simple' folds case and stems nothing, which is right for many languages in one table.
-- The search operator @@ is not leakproof: for a user under row level security PostgreSQL narrows by the tenant's
-- index first and tests the words after it, so this index serves the backend (service_role); the stored words serve both.
create index if not exists documents_content_idx on public.documents using gin (search_words);
comment on index public.documents_content_idx is 'Full text of the chunks, for the backend';
