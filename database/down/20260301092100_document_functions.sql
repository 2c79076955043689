drop function public.replace_document(uuid, jsonb);
