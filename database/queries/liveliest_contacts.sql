-- title: The three liveliest contacts of each client
-- purpose: Top n of each group (ROW_NUMBER, one number each, ties broken by the key).
-- parameter: days integer = 90, how far back
-- look at: filtering on a window function needs the query around it
select client, place, contact, messages
  from (
    select p.name as client,
           s.display_name as contact,
           count(*) as messages,
           row_number() over (partition by p.id order by count(*) desc, s.id) as place
      from messages m
      join conversations c on c.id = m.conversation_id
      join social_contacts s on s.id = c.social_contact_id
      join platform_clients p on p.id = m.platform_client_id
     where m.direction = 'in'
       and m.sent_at > now() - make_interval(days => :days)
     group by p.id, s.id
  ) ranked
 where place <= 3
 order by client, place
 limit 200;
