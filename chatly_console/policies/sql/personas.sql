-- $1: how many. Users of the API, one of each e-mail domain first, because colleagues often see the same.
select u.id::text as id, u.email::text as email
  from auth.users u
 order by pg_catalog.row_number() over (partition by pg_catalog.split_part(u.email::text, '@', 2)
                                        order by u.email::text, u.id),
          u.email::text, u.id
 limit $1;
