-- chatly: idempotent
-- chatly: lock_timeout=2s
-- Policies of document_files and documents: the knowledge that answers are retrieved from.
-- Every member reads it; agents add to it; a file is removed by an owner or by whoever uploaded it.

drop policy if exists document_files_select on public.document_files;
create policy document_files_select on public.document_files for select to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('member')))
  );
comment on policy document_files_select on public.document_files is
  'Members see the files';

drop policy if exists document_files_insert on public.document_files;
create policy document_files_insert on public.document_files for insert to authenticated
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
    and uploaded_by = (select auth.uid())
  );
comment on policy document_files_insert on public.document_files is
  'Agents upload in their own name';

drop policy if exists document_files_update on public.document_files;
create policy document_files_update on public.document_files for update to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or uploaded_by = (select auth.uid()))
  )
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or uploaded_by = (select auth.uid()))
  );
comment on policy document_files_update on public.document_files is
  'Owners change all; agents what they uploaded';

drop policy if exists document_files_delete on public.document_files;
create policy document_files_delete on public.document_files for delete to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('agent')))
    and (platform_client_id = any (array(select private.client_ids('owner')))
         or uploaded_by = (select auth.uid()))
  );
comment on policy document_files_delete on public.document_files is
  'Owners delete all; agents what they uploaded';

drop policy if exists documents_select on public.documents;
create policy documents_select on public.documents for select to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('member')))
  );
comment on policy documents_select on public.documents is
  'Members see the chunks';

drop policy if exists documents_insert on public.documents;
create policy documents_insert on public.documents for insert to authenticated
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
  );
comment on policy documents_insert on public.documents is
  'Agents add chunks';

drop policy if exists documents_update on public.documents;
create policy documents_update on public.documents for update to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('agent')))
  )
  with check (
    platform_client_id = any (array(select private.client_ids('agent')))
  );
comment on policy documents_update on public.documents is
  'Agents correct chunks';

drop policy if exists documents_delete on public.documents;
create policy documents_delete on public.documents for delete to authenticated
  using (
    platform_client_id = any (array(select private.client_ids('agent')))
  );
comment on policy documents_delete on public.documents is
  'Agents replace the chunks of a file';
