-- chatly: idempotent
-- The private bucket `documents`, and who may write what lies in it. Paths are <platform_client_id>/<file id>/<file name>,
-- and an object's rights are those of its row in document_files. The row is made first, then the file is uploaded.
-- Size and types are held by the Storage API; document_files has the same limits as CHECKs, so that the row is refused
-- before the upload begins.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('documents', 'documents', false, 52428800, array[
  'application/pdf', 'text/plain', 'text/markdown', 'text/csv', 'image/png', 'image/jpeg', 'image/webp',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document'])
on conflict (id) do update
  set public = excluded.public,
      file_size_limit = excluded.file_size_limit,
      allowed_mime_types = excluded.allowed_mime_types;

-- An object follows the right to change its row: an owner, or the agent who uploaded it.
create or replace function private.may_write_file(path text) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from public.document_files f
     where f.storage_path = path
       and f.platform_client_id = any (array(select private.client_ids('agent')))
       and (f.uploaded_by = (select auth.uid())
            or f.platform_client_id = any (array(select private.client_ids('owner')))))
$$;
comment on function private.may_write_file(text) is
  'Whether the caller may write the object at this path of the bucket documents';
revoke execute on function private.may_write_file(text) from public;
grant execute on function private.may_write_file(text) to authenticated, service_role;
