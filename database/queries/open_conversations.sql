-- title: Open conversations with their contact and channel
-- purpose: What is in work now, across tables (INNER JOIN): a conversation without contact or channel cannot be.
-- parameter: client text = null, slug of one client, or null for all that you may see
-- look at: conversations that nobody has taken (assigned_to is null) and that are old
select p.name as client,
       c.opened_at,
       c.priority,
       c.status,
       s.display_name as contact,
       h.kind as channel,
       c.subject,
       c.assigned_to is null as unassigned
  from conversations c
  join platform_clients p on p.id = c.platform_client_id
  join social_contacts s on s.id = c.social_contact_id
  join channels h on h.id = s.channel_id
 where c.status <> 'closed'
   and (:client::text is null or p.slug = :client)
 order by c.priority, c.opened_at
 limit 100;
