-- The user with this id or, where no id is given, with this e-mail address in any case: what goes into a token.
select pg_catalog.jsonb_build_object(
         'id', u.id, 'email', u.email, 'phone', nullif(j ->> 'phone', ''), 'role', nullif(j ->> 'role', ''),
         'app_metadata', j -> 'raw_app_meta_data', 'user_metadata', j -> 'raw_user_meta_data',
         'is_anonymous', (j ->> 'is_anonymous')::boolean) as claims
  from auth.users u
 cross join lateral pg_catalog.to_jsonb(u) j
 where case when $1::text is not null then u.id::text = $1 else lower(u.email) = lower($2) end
 order by u.created_at
 limit 1
