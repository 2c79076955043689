-- The bucket goes only while it is empty; files of clients are never thrown away by a migration.
do $$
begin
  drop policy if exists chatly_documents_delete on storage.objects;
  drop policy if exists chatly_documents_update on storage.objects;
  drop policy if exists chatly_documents_insert on storage.objects;
  drop policy if exists chatly_documents_select on storage.objects;
exception when insufficient_privilege then
  raise warning 'The policies of the bucket documents were not dropped: % does not own storage.objects.', current_user;
end $$;
drop function private.may_write_file(text);
select set_config('storage.allow_delete_query', 'true', true);
delete from storage.buckets b
 where b.id = 'documents' and not exists (select from storage.objects o where o.bucket_id = b.id);
