-- The user with this id or, where no id is given, with this e-mail address in any case.
select u.id::text as id, u.email::text as email
  from auth.users u
 where case when $1::text is not null then u.id::text = $1 else lower(u.email) = lower($2) end
 order by u.created_at
 limit 1
