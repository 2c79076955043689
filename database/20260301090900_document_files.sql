-- chatly: idempotent
-- The uploaded file behind several rows of documents. Its object in the bucket `documents` is found by storage_path,
-- and so are the object's rights: who may see this row may see the file.
create table if not exists public.document_files (
  id uuid primary key default gen_random_uuid(),
  platform_client_id uuid not null references public.platform_clients (id) on delete cascade,
  uploaded_by uuid references auth.users (id) on delete set null,
  file_name text not null check (length(file_name) between 1 and 200 and file_name !~ '[/[:cntrl:]]'),
  mime_type text not null check (mime_type in (
    'application/pdf', 'text/plain', 'text/markdown', 'text/csv', 'image/png', 'image/jpeg', 'image/webp',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document')),
  byte_size bigint not null check (byte_size between 1 and 52428800),
  language text check (language ~ '^[a-z]{2,3}$'),
  status text not null default 'pending' check (status in ('pending', 'processing', 'ready', 'failed')),
  storage_path text not null generated always as (platform_client_id::text || '/' || id::text || '/' || file_name) stored unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (platform_client_id, id),
  unique (platform_client_id, file_name)
);
create index if not exists document_files_uploaded_by_idx on public.document_files (uploaded_by);
comment on table public.document_files is
  'Uploaded files; needed because name, size and type belong to the file and not to each of its chunks';
comment on column public.document_files.id is 'Key, and the second part of the path in the bucket';
comment on column public.document_files.platform_client_id is 'The client whose file it is';
comment on column public.document_files.uploaded_by is 'The user who uploaded it; null once the user is gone';
comment on column public.document_files.file_name is 'Name of the file; one of a name for each client';
comment on column public.document_files.mime_type is 'Type of the content: those that the bucket takes';
comment on column public.document_files.byte_size is 'Size in bytes, 50 MB at the most';
comment on column public.document_files.language is 'ISO 639 code of the language of the text';
comment on column public.document_files.status is 'How far it has been cut up and embedded';
comment on column public.document_files.storage_path is 'Where it lies in the bucket documents: client/file/name';
comment on column public.document_files.created_at is 'When the row was made';
comment on column public.document_files.updated_at is 'When the row was last changed';

alter table public.document_files enable row level security;
create or replace trigger document_files_set_updated_at before update on public.document_files
  for each row execute function private.set_updated_at();

revoke all on public.document_files from anon, authenticated;
grant select on public.document_files to anon, authenticated;
grant delete, insert (id, platform_client_id, uploaded_by, file_name, mime_type, byte_size, language),
  update (status, language) on public.document_files to authenticated;
grant all on public.document_files to service_role;
