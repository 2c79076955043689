-- Users to search as: `$1` of them, the first that signed up.
select u.id::text as id, u.email::text as email from auth.users u order by u.created_at, u.id limit $1::text::int;
