-- title: Files and chunks by client
-- purpose: Who fills the bucket, and is everything searchable?
-- look at: files without chunks, and chunks without embedding: neither is ever found
select p.name as client,
       count(*) as files,
       pg_size_pretty(sum(f.byte_size)) as size,
       round(100.0 * sum(f.byte_size) / sum(sum(f.byte_size)) over (), 1) as share,
       coalesce(sum(d.chunks), 0) as chunks,
       count(*) filter (where d.chunks is null) as files_without_chunks,
       coalesce(sum(d.chunks - d.embedded), 0) as chunks_without_embedding
  from document_files f
  join platform_clients p on p.id = f.platform_client_id
  left join (select document_file_id, count(*) as chunks, count(embedding) as embedded from documents group by 1) d
    on d.document_file_id = f.id
 group by p.id
 order by sum(f.byte_size) desc
 limit 100;
