-- chatly: idempotent
-- chatly: allow=unseen-code reason="the table belongs to another role, whose refusal must not stop the migrations"
-- Policies of the objects in the bucket `documents`: who may see the row in document_files may see the file, who may
-- change the row may write it. Reading looks the row up as the caller, so what the row policies hide is hidden here.
--
-- storage.objects belongs to supabase_storage_admin. A hosted project lets the role postgres create policies on it all
-- the same (supautils.policy_grants); a server without that refuses. The refusal does not stop the migrations: without
-- policies row level security keeps every file closed to all but service_role, which is safe and useless, so a warning
-- says what is missing, `chatly-console doctor --review` goes on saying it, and this one file, run again by the
-- table's owner or a superuser, mends it. (Comments on the policies would need the owner everywhere; so they are here.)
--
-- The API roles hold TRUNCATE on the tables of storage by the platform's own grants. It is taken away where this role
-- may do that; on a hosted project it may not, and PostgREST and the Storage API offer no way to use it.
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
  raise warning 'The policies of the bucket documents are missing: % may not create policies on storage.objects. Its files stay closed to all but service_role until % or a superuser runs 20260301091650_storage_documents_policies.sql.',
    current_user, (select tableowner from pg_tables where schemaname = 'storage' and tablename = 'objects');
end $$;

do $$
begin
  if pg_has_role(current_user, (select relowner from pg_class where oid = 'storage.objects'::regclass), 'usage') then
    revoke truncate on storage.objects, storage.buckets from anon, authenticated;
  end if;
end $$;
