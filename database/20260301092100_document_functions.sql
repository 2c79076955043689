-- chatly: idempotent
-- Replacing the chunks of a file in one step: a reader finds the old ones or the new ones, never a mixture or nothing.
create or replace function public.replace_document(file_id uuid, chunks jsonb)
returns integer language plpgsql set search_path = '' as $$
declare
  client uuid;
  written integer;
begin
  if jsonb_typeof(chunks) is distinct from 'array' then
    raise exception 'The chunks must be an array of objects with content, embedding and embedding_model.'
      using errcode = 'invalid_parameter_value';
  end if;
  select f.platform_client_id into client from public.document_files f where f.id = file_id for share;
  if not found then
    raise exception 'There is no file % that you may change.', file_id using errcode = 'no_data_found';
  end if;
  delete from public.documents d where d.document_file_id = file_id;
  insert into public.documents
    (platform_client_id, document_file_id, chunk_index, content, language, metadata, embedding, embedding_model)
  select client, file_id, place - 1, chunk ->> 'content', chunk ->> 'language', coalesce(chunk -> 'metadata', '{}'),
         (chunk ->> 'embedding')::extensions.vector, chunk ->> 'embedding_model'
    from jsonb_array_elements(chunks) with ordinality as given (chunk, place);
  get diagnostics written = row_count;
  update public.document_files f set status = 'ready' where f.id = file_id;
  if not found then
    raise exception 'There is no file % that you may change.', file_id using errcode = 'no_data_found';
  end if;
  return written;
end $$;
comment on function public.replace_document(uuid, jsonb) is
  'Replaces all chunks of a file by these, in their order; returns how many there are now';
revoke execute on function public.replace_document(uuid, jsonb) from public, anon;
grant execute on function public.replace_document(uuid, jsonb) to authenticated, service_role;
