drop index public.documents_embedding_idx;
