select pg_catalog.to_regclass(r.name)::oid::int8 as oid
  from pg_catalog.jsonb_array_elements_text($1::pg_catalog.text::pg_catalog.jsonb) with ordinality r(name, place)
 order by r.place
