drop index public.documents_content_idx;
