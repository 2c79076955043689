-- One bucket of Supabase's storage: what its row says, whatever columns this version has.
-- $1: its id
with said as (
  select e.key, e.value from storage.buckets b, pg_catalog.jsonb_each(pg_catalog.to_jsonb(b)) e
   where b.id = $1 and e.value <> 'null'::jsonb and e.key not in ('created_at', 'updated_at', 'owner', 'owner_id')
)
select (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(s.key, s.value #>> '{}') order by s.key) from said s where s.key not in ('id', 'name')) as facts,
       (select pg_catalog.format(E'insert into storage.buckets (%s)\nselect %1$s\n  from pg_catalog.jsonb_populate_record(null::storage.buckets, %L);',
                 pg_catalog.string_agg(pg_catalog.quote_ident(s.key), ', ' order by s.key), pg_catalog.jsonb_object_agg(s.key, s.value)) from said s) as definition,
       null::jsonb as listed
 where exists (select from said);
