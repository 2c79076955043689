-- chatly: idempotent
-- chatly: allow=create-index reason="the table is new and empty when this runs; build it concurrently on a full one"
-- chatly: lock_timeout=2s statement_timeout=15min
-- Nearest neighbours by cosine distance. lists = 100 is the square root of the 10,000 chunks to begin with: measured,
-- sqrt(rows) beats rows/1000 below a million rows. An IVFFlat index takes its centres from the rows that are there
-- when it is built: build it again once the table has grown to four times (chatly-console vectors advise).
create index if not exists documents_embedding_idx on public.documents
  using ivfflat (embedding extensions.vector_cosine_ops) with (lists = 100);
comment on index public.documents_embedding_idx is 'Nearest chunks by cosine distance; probes 10 to begin with';
