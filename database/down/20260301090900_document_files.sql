drop table public.document_files;
