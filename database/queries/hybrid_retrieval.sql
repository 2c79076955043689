-- title: Retrieval by words and by meaning together
-- purpose: What hybrid_search() finds for a question, with the place that each leg gave.
-- parameter: words text = 'Rechnung', words that should occur
-- parameter: like_chunk uuid = null, a row of documents near in meaning, or null for one that holds the words
-- look at: text_place and vector_place; null means that this leg did not find the row
select f.file_name, h.chunk_index, round(h.score::numeric, 5) as score, h.text_place, h.vector_place,
       left(h.content, 100) as content
  from hybrid_search(
         :words,
         (select d.embedding from documents d
           where d.id = coalesce(:like_chunk, (
             select x.id from documents x
              where x.embedding is not null
              order by x.search_words @@ websearch_to_tsquery('simple', :words) desc, x.id limit 1)))) h
  join document_files f on f.id = h.document_file_id
 order by h.score desc, h.id
 limit 50;
