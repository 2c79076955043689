-- title: Members with the most to do
-- purpose: Whom to relieve (GROUP BY with HAVING on the groups).
-- parameter: least bigint = 10, at least so many conversations that are not closed
-- look at: unassigned conversations are not here: nobody has them
select p.name as client,
       m.display_name as member,
       m.role,
       count(*) as not_closed,
       count(*) filter (where c.priority = 1) as urgent,
       min(c.opened_at) as oldest
  from conversations c
  join client_members m on m.platform_client_id = c.platform_client_id and m.user_id = c.assigned_to
  join platform_clients p on p.id = c.platform_client_id
 where c.status <> 'closed'
 group by p.id, m.platform_client_id, m.user_id
having count(*) >= :least
 order by not_closed desc
 limit 50;
