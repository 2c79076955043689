-- title: Nearest chunks to a chunk (retrieval)
-- purpose: What an answer would be built from: the chunks whose meaning is nearest, through match_documents().
-- parameter: chunk uuid = null, a row of documents, or null for the first that you may see
-- parameter: k integer = 10, how many
-- critical: each answer of the assistant begins with it
-- look at: the chunk itself is the nearest, with similarity 1; under row level security there are still k rows
select f.file_name, n.chunk_index, round(n.similarity::numeric, 4) as similarity, left(n.content, 120) as content
  from match_documents(
         (select d.embedding from documents d
           where d.id = coalesce(:chunk, (select x.id from documents x where x.embedding is not null order by x.id limit 1))),
         :k) n
  join document_files f on f.id = n.document_file_id
 order by n.similarity desc, n.id
 limit 200;
