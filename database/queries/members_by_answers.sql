-- title: Members by the messages that they wrote
-- purpose: Who carries the load in each client (RANK leaves gaps after ties, DENSE_RANK does not).
-- parameter: days integer = 30, how far back
-- look at: share of the client's answers; robots and users who are gone have no name and are left out
select p.name as client,
       u.display_name as member,
       count(*) as answers,
       rank() over w as rank,
       dense_rank() over w as dense_rank,
       round(100.0 * count(*) / sum(count(*)) over (partition by p.id), 1) as share
  from messages m
  join platform_clients p on p.id = m.platform_client_id
  join client_members u on u.platform_client_id = m.platform_client_id and u.user_id = m.sent_by
 where m.direction = 'out'
   and m.sent_at > now() - make_interval(days => :days)
 group by p.id, u.user_id, u.display_name
window w as (partition by p.id order by count(*) desc)
 order by client, rank, member
 limit 300;
