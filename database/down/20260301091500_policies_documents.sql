drop policy documents_delete on public.documents;
drop policy documents_update on public.documents;
drop policy documents_insert on public.documents;
drop policy documents_select on public.documents;
drop policy document_files_delete on public.document_files;
drop policy document_files_update on public.document_files;
drop policy document_files_insert on public.document_files;
drop policy document_files_select on public.document_files;
