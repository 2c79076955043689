-- chatly: idempotent
-- chatly: allow=unseen-code reason="it loads a library and changes nothing"
-- Retrieval for answers, with the caller's rights: row level security decides what can be found.
--
-- An approximate index looks for neighbours first and filters by tenant after that, so a small tenant would get few of
-- its rows or the wrong ones. The functions therefore name the caller's clients in the query, as values that the
-- planner sees (force_custom_plan): for a small tenant it reads that tenant's rows and sorts them exactly, for a large
-- one it goes through the IVFFlat index, with enough probes, and on with the scan until the rows are there.
-- Rows of a relaxed scan come nearly in order: the outer ORDER BY ... + 0 puts them right.
do $$ begin perform '[1]'::extensions.vector; end $$;  -- loads the library, so that its settings are known below

create or replace function private.check_search(query_embedding extensions.vector, match_count integer) returns void
language plpgsql immutable set search_path = '' as $$
begin
  if query_embedding is null then
    raise exception 'The search needs a vector, not null.' using errcode = 'null_value_not_allowed';
  elsif extensions.vector_dims(query_embedding) <> 384 then
    raise exception 'The vector has % dimensions, the documents have 384.', extensions.vector_dims(query_embedding)
      using errcode = 'data_exception';
  elsif extensions.vector_norm(query_embedding) = 0 then
    raise exception 'The zero vector has no direction, so nothing is near it.' using errcode = 'invalid_parameter_value';
  elsif match_count is null or match_count not between 1 and 200 then
    raise exception 'match_count must be between 1 and 200, not %.', match_count using errcode = 'invalid_parameter_value';
  end if;
end $$;
comment on function private.check_search(extensions.vector, integer) is 'Refuses a search that cannot have an answer';

create or replace function private.searched_clients(client_id uuid) returns uuid[]
language sql stable set search_path = '' as $$
  select case when client_id is not null then array[client_id]
              when (select auth.uid()) is not null then array(select private.client_ids('member')) end
$$;
comment on function private.searched_clients(uuid) is
  'The clients that a search names: the chosen one, else all of the caller; null (no restriction) for the backend';

create or replace function public.match_documents(
  query_embedding extensions.vector, match_count integer default 10, client_id uuid default null,
  min_similarity double precision default -1
) returns table (id uuid, document_file_id uuid, chunk_index integer, content text, similarity double precision)
language plpgsql stable rows 10
set search_path = '' set plan_cache_mode = 'force_custom_plan'
set "ivfflat.probes" = '40' set "ivfflat.iterative_scan" = 'relaxed_order' as $$
#variable_conflict use_column
declare
  clients uuid[] := private.searched_clients(match_documents.client_id);
begin
  perform private.check_search(query_embedding, match_count);
  return query
    with nearest as materialized (
      select d.id, d.document_file_id, d.chunk_index, d.content,
             d.embedding operator(extensions.<=>) query_embedding as distance
        from public.documents d
       where clients is null or d.platform_client_id = any (clients)
       order by d.embedding operator(extensions.<=>) query_embedding
       limit match_count
    )
    select n.id, n.document_file_id, n.chunk_index, n.content, 1 - n.distance
      from nearest n
     where 1 - n.distance >= min_similarity
     order by n.distance + 0, n.id;
end $$;
comment on function public.match_documents(extensions.vector, integer, uuid, double precision) is
  'The chunks nearest to a vector by cosine, of one client or of all that the caller may read';

create or replace function public.hybrid_search(
  query_text text, query_embedding extensions.vector, match_count integer default 10, client_id uuid default null,
  text_weight double precision default 1, vector_weight double precision default 1, smoothing integer default 60
) returns table (
  id uuid, document_file_id uuid, chunk_index integer, content text, score double precision,
  text_place bigint, vector_place bigint
)
language plpgsql stable rows 10
set search_path = '' set plan_cache_mode = 'force_custom_plan'
set "ivfflat.probes" = '40' set "ivfflat.iterative_scan" = 'relaxed_order' as $$
#variable_conflict use_column
declare
  clients uuid[] := private.searched_clients(hybrid_search.client_id);
  words tsquery := websearch_to_tsquery('pg_catalog.simple', coalesce(query_text, ''));
begin
  perform private.check_search(query_embedding, match_count);
  if text_weight is null or vector_weight is null or text_weight < 0 or vector_weight < 0 or smoothing is null or smoothing < 1 then
    raise exception 'Weights must not be negative, and smoothing must be at least 1.' using errcode = 'invalid_parameter_value';
  end if;
  -- The LIMIT stands inside each leg: over a window function the vector index would not be used.
  return query
    with by_text as materialized (
      select d.id, ts_rank_cd(d.search_words, words) as rank
        from public.documents d
       where (clients is null or d.platform_client_id = any (clients))
         and d.search_words @@ words
       order by rank desc, d.id
       limit match_count * 2
    ), by_vector as materialized (
      select d.id, d.embedding operator(extensions.<=>) query_embedding as distance
        from public.documents d
       where clients is null or d.platform_client_id = any (clients)
       order by d.embedding operator(extensions.<=>) query_embedding
       limit match_count * 2
    ), placed as (
      select coalesce(t.id, v.id) as id, t.place as text_place, v.place as vector_place,
             coalesce(text_weight / (smoothing + t.place), 0) + coalesce(vector_weight / (smoothing + v.place), 0) as score
        from (select id, row_number() over (order by rank desc, id) as place from by_text) t
        full join (select id, row_number() over (order by distance + 0, id) as place from by_vector) v on v.id = t.id
       order by 4 desc, 1
       limit match_count
    )
    select d.id, d.document_file_id, d.chunk_index, d.content, p.score, p.text_place, p.vector_place
      from placed p
      join public.documents d on d.id = p.id
     order by p.score desc, d.id;
end $$;
comment on function public.hybrid_search(text, extensions.vector, integer, uuid, double precision, double precision, integer) is
  'Full text and vector search together, by reciprocal rank fusion';

revoke execute on function private.check_search(extensions.vector, integer), private.searched_clients(uuid),
  public.match_documents(extensions.vector, integer, uuid, double precision),
  public.hybrid_search(text, extensions.vector, integer, uuid, double precision, double precision, integer)
  from public, anon;
grant execute on function private.check_search(extensions.vector, integer), private.searched_clients(uuid),
  public.match_documents(extensions.vector, integer, uuid, double precision),
  public.hybrid_search(text, extensions.vector, integer, uuid, double precision, double precision, integer)
  to authenticated, service_role;
