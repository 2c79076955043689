-- $1: a JSON array of ids. These users with what goes into their tokens.
select u.id::text as id,
       pg_catalog.jsonb_build_object(
         'id', u.id, 'email', u.email, 'phone', nullif(j ->> 'phone', ''), 'role', nullif(j ->> 'role', ''),
         'app_metadata', j -> 'raw_app_meta_data', 'user_metadata', j -> 'raw_user_meta_data',
         'is_anonymous', (j ->> 'is_anonymous')::boolean) as claims
  from auth.users u
 cross join lateral pg_catalog.to_jsonb(u) j
 where u.id::text in (select pg_catalog.jsonb_array_elements_text($1::text::jsonb));
