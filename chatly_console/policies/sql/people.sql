-- $1: what is looked for in e-mail address, id or tenant (empty: everybody), $2: how many. Users of the API with what goes
-- into their token and where they belong; one of each tenant first, because colleagues often see the same.
with membership as (memberships),
belonging as (
  select m.member, pg_catalog.string_agg(pg_catalog.concat_ws(' of ', nullif(m.role, ''),
                                                              coalesce(m.tenant_name, m.tenant)), ', '
                                         order by m.tenant_name, m.tenant) as words
    from membership m group by m.member),
found as (
  select u.id, coalesce(b.words, '') as belongs, u.email::text as email,
         pg_catalog.row_number() over (partition by pg_catalog.split_part(u.email::text, '@', 2)
                                       order by u.email::text, u.id) as place
    from auth.users u
    left join belonging b on b.member = u.id::text
   where $1 = ''
      or pg_catalog.strpos(pg_catalog.lower(u.email::text), pg_catalog.lower($1)) > 0
      or pg_catalog.strpos(u.id::text, pg_catalog.lower($1)) > 0
      or pg_catalog.strpos(pg_catalog.lower(b.words), pg_catalog.lower($1)) > 0
   order by pg_catalog.starts_with(pg_catalog.lower(u.email::text), pg_catalog.lower($1)) desc, place, email, id
   limit $2)
select f.belongs,
       pg_catalog.jsonb_build_object(
         'id', f.id, 'email', f.email, 'phone', nullif(j ->> 'phone', ''), 'role', nullif(j ->> 'role', ''),
         'app_metadata', j -> 'raw_app_meta_data', 'user_metadata', j -> 'raw_user_meta_data',
         'is_anonymous', (j ->> 'is_anonymous')::boolean) as claims
  from found f
  join auth.users u on u.id = f.id
 cross join lateral pg_catalog.to_jsonb(u) j
 order by pg_catalog.starts_with(pg_catalog.lower(f.email), pg_catalog.lower($1)) desc, f.place, f.email, f.id;
