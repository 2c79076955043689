-- $1: how many. The users of the API, the oldest first.
select u.id::text as id, u.email::text as email
  from auth.users u
 order by u.created_at, u.id
 limit $1;
