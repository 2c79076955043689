-- title: Longest silences within conversations
-- purpose: Where a talk stopped and who let it (LAG: each message beside the one before it).
-- parameter: client text = 'nordlicht', slug of the client
-- look at: silent_side is who wrote at last; the first message of a conversation has none before it, so its null is left out
select contact, subject, silent_side, silence, sent_at as broken_at
  from (
    select s.display_name as contact,
           c.subject,
           m.sent_at,
           m.sent_at - lag(m.sent_at) over w as silence,
           case m.direction when 'in' then 'contact' else 'client' end as silent_side
      from platform_clients p
      join messages m on m.platform_client_id = p.id
      join conversations c on c.id = m.conversation_id
      join social_contacts s on s.id = c.social_contact_id
     where p.slug = :client
    window w as (partition by m.conversation_id order by m.sent_at, m.id)
  ) told
 where silence is not null
 order by silence desc
 limit 50;
