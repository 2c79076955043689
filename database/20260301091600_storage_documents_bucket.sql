-- chatly: idempotent
-- The private bucket `documents` and the policies of its objects. Paths are <platform_client_id>/<file id>/<file name>,
-- and an object's rights are those of its row in document_files: the policies look that row up as the caller, so what
-- the row policies hide or refuse is hidden and refused here. The row is made first, then the file is uploaded.
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

-- On Supabase the role postgres may create policies here without owning the table. A server that refuses it is left
-- with no policy: then nobody but service_role reaches a file, and the warning says what is missing.
do $$
begin
  drop policy if exists chatly_documents_select on storage.objects;
  create policy chatly_documents_select on storage.objects for select to authenticated
    using (bucket_id = 'documents'
           and exists (select from public.document_files f where f.storage_path = objects.name));
  drop policy if exists chatly_documents_insert on storage.objects;
  create policy chatly_documents_insert on storage.objects for insert to authenticated
    with check (bucket_id = 'documents' and private.may_write_file(name));
  drop policy if exists chatly_documents_update on storage.objects;
  create policy chatly_documents_update on storage.objects for update to authenticated
    using (bucket_id = 'documents' and private.may_write_file(name))
    with check (bucket_id = 'documents' and private.may_write_file(name));
  drop policy if exists chatly_documents_delete on storage.objects;
  create policy chatly_documents_delete on storage.objects for delete to authenticated
    using (bucket_id = 'documents' and private.may_write_file(name));
exception when insufficient_privilege then
  raise warning 'The policies of the bucket documents were not created: % may not create policies on storage.objects. Files are closed to all but service_role until its owner runs this migration.', current_user;
end $$;
