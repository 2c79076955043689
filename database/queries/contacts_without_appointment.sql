-- title: Contacts who talk but never booked
-- purpose: Leads to follow up (LEFT JOIN whose right side is missing).
-- parameter: conversations bigint = 5, at least so many conversations
-- look at: the join finds nothing on the right, so its columns are null; that is the condition itself
select p.name as client, s.display_name as contact, count(*) as conversations, max(c.opened_at) as last_opened
  from social_contacts s
  join platform_clients p on p.id = s.platform_client_id
  join conversations c on c.social_contact_id = s.id and c.platform_client_id = s.platform_client_id
  left join appointments a on a.social_contact_id = s.id and a.platform_client_id = s.platform_client_id
 where a.id is null
   and s.blocked_at is null
 group by p.name, s.id
having count(*) >= :conversations
 order by conversations desc, last_opened desc
 limit 100;
