-- title: Last message of each open conversation
-- purpose: Who waits for whom (LATERAL: the one newest row of each, by the index, without reading the others).
-- parameter: client text = 'nordlicht', slug of the client
-- critical: it is what the inbox shows, opened all day by everybody
-- look at: last_direction “in” means that the contact waits for us
select c.id, s.display_name as contact, c.subject, m.direction as last_direction, m.sent_at as last_at, left(m.body, 80) as text
  from conversations c
  join platform_clients p on p.id = c.platform_client_id
  join social_contacts s on s.id = c.social_contact_id
  left join lateral (
    select l.direction, l.sent_at, l.body
      from messages l
     where l.conversation_id = c.id and l.platform_client_id = c.platform_client_id
     order by l.sent_at desc, l.id desc
     limit 1
  ) m on true
 where p.slug = :client
   and c.status <> 'closed'
 order by m.direction = 'in' desc nulls last, m.sent_at
 limit 100;
