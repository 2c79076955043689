-- The names of the buckets of Supabase's storage, where there is one.
select b.id::text as id, case when b.public then 'public' else 'private' end as about
  from storage.buckets b
 order by b.id;
