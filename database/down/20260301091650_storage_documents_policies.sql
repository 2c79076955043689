do $$
begin
  drop policy if exists chatly_documents_delete on storage.objects;
  drop policy if exists chatly_documents_update on storage.objects;
  drop policy if exists chatly_documents_insert on storage.objects;
  drop policy if exists chatly_documents_select on storage.objects;
exception when insufficient_privilege then
  raise exception 'The policies of the bucket documents were made by the owner of storage.objects, and % is not.', current_user
    using errcode = 'insufficient_privilege', hint = 'Let the owner or a superuser run this file.';
end $$;
do $$
begin
  if pg_has_role(current_user, (select relowner from pg_class where oid = 'storage.objects'::regclass), 'usage') then
    grant truncate on storage.objects, storage.buckets to anon, authenticated;
  end if;
end $$;
