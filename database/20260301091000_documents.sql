-- chatly: idempotent
-- Chunks of the uploaded files with their embeddings: what answers are retrieved from.
-- A vector of 384 dimensions takes 1.5 kB. Rows up to 4 kB stay whole (toast_tuple_target), because a search that
-- must fetch each vector from the TOAST table is several times slower.
create table if not exists public.documents (
  id uuid primary key default gen_random_uuid(),
  platform_client_id uuid not null,
  document_file_id uuid not null,
  chunk_index integer not null check (chunk_index >= 0),
  content text not null check (length(btrim(content)) between 1 and 8000),
  language text check (language ~ '^[a-z]{2,3}$'),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
  embedding extensions.vector(384) check (extensions.vector_norm(embedding) > 0),
  embedding_model text check (length(embedding_model) between 1 and 100),
  search_words tsvector generated always as (to_tsvector('pg_catalog.simple'::regconfig, content)) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (document_file_id, chunk_index),
  foreign key (platform_client_id, document_file_id)
    references public.document_files (platform_client_id, id) on update cascade on delete cascade,
  constraint documents_embedding_names_model check ((embedding is null) = (embedding_model is null))
) with (toast_tuple_target = 4080);
create index if not exists documents_file_idx on public.documents (platform_client_id, document_file_id);
comment on table public.documents is 'Chunks of uploaded files with embeddings, for retrieval';
comment on column public.documents.id is 'Key';
comment on column public.documents.platform_client_id is 'The client; repeated here for row level security, held right by the foreign key';
comment on column public.documents.document_file_id is 'The file that the chunk was cut from';
comment on column public.documents.chunk_index is 'Place of the chunk in the file, from 0';
comment on column public.documents.content is 'Text of the chunk';
comment on column public.documents.language is 'ISO 639 code of the language of the chunk';
comment on column public.documents.metadata is 'Facts about the chunk, such as heading and page';
comment on column public.documents.embedding is 'The text as a vector, cosine distance; null until embedded, never the zero vector';
comment on column public.documents.embedding_model is 'What made the embedding, such as lexical: vectors of two models cannot be compared';
comment on column public.documents.search_words is 'Words of the content, cut once when it is written: cutting them at each search took ten times as long';
comment on column public.documents.created_at is 'When the row was made';
comment on column public.documents.updated_at is 'When the row was last changed';

alter table public.documents enable row level security;
create or replace trigger documents_set_updated_at before update on public.documents
  for each row execute function private.set_updated_at();

revoke all on public.documents from anon, authenticated;
grant select on public.documents to anon, authenticated;
grant delete, insert (id, platform_client_id, document_file_id, chunk_index, content, language, metadata, embedding,
    embedding_model),
  update (content, language, metadata, embedding, embedding_model) on public.documents to authenticated;
grant all on public.documents to service_role;
