drop function public.hybrid_search(text, extensions.vector, integer, uuid, double precision, double precision, integer);
drop function public.match_documents(extensions.vector, integer, uuid, double precision);
drop function private.searched_clients(uuid);
drop function private.check_search(extensions.vector, integer);
