-- title: Conversations that are busiest right now
-- purpose: Where something is going on (a MATERIALIZED CTE: computed once, read twice).
-- parameter: hours integer = 168, how far back
-- look at: above_mean compares with the mean of the same rows, without reading messages again
with recent as materialized (
  select m.conversation_id,
         count(*) as messages,
         count(*) filter (where m.direction = 'in') as from_contact,
         max(m.sent_at) as last_at
    from messages m
   where m.sent_at > now() - make_interval(hours => :hours)
   group by 1
)
select p.name as client, s.display_name as contact, c.subject, r.messages, r.from_contact, r.last_at,
       round(r.messages - (select avg(messages) from recent), 1) as above_mean
  from recent r
  join conversations c on c.id = r.conversation_id
  join social_contacts s on s.id = c.social_contact_id
  join platform_clients p on p.id = c.platform_client_id
 where r.messages > (select avg(messages) from recent)
 order by r.messages desc, r.last_at desc
 limit 50;
