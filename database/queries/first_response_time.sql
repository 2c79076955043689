-- title: Slowest first responses
-- purpose: Which conversations waited longest for their first answer.
-- parameter: client text = 'nordlicht', slug of the client
-- parameter: days integer = 30, conversations opened so many days back
-- critical: it is on the owner's first screen
-- look at: null means that there was no answer at all; these come first, since they still wait
select c.id, s.display_name as contact, c.subject, c.status, c.opened_at, first.sent_at - c.opened_at as first_response
  from conversations c
  join platform_clients p on p.id = c.platform_client_id
  join social_contacts s on s.id = c.social_contact_id
  left join lateral (
    select m.sent_at
      from messages m
     where m.conversation_id = c.id and m.platform_client_id = c.platform_client_id
       and m.direction = 'out'
     order by m.sent_at
     limit 1
  ) first on true
 where p.slug = :client
   and c.opened_at > now() - make_interval(days => :days)
 order by first_response desc nulls first
 limit 50;
