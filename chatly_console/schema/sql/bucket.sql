-- One bucket of Supabase's storage: what its row says, whatever columns this version has.
-- $1: its id
select (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(e.key, e.value #>> '{}') order by e.key)
          from pg_catalog.jsonb_each(pg_catalog.to_jsonb(b)) e where e.key not in ('id', 'name', 'created_at', 'updated_at')) as facts,
       pg_catalog.format(E'insert into storage.buckets\nselect (pg_catalog.jsonb_populate_record(null::storage.buckets, %L)).*;',
         pg_catalog.jsonb_strip_nulls(pg_catalog.to_jsonb(b) - 'created_at' - 'updated_at' - 'owner' - 'owner_id')) as definition,
       null::jsonb as listed
  from storage.buckets b
 where b.id = $1;
