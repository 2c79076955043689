-- title: Messages by client and channel, with subtotals
-- purpose: Who uses what (GROUPING SETS: detail, subtotals and total in one query).
-- parameter: days integer = 90, how far back
-- look at: grouping() tells a subtotal from a null that was in the data
select case when grouping(p.name) = 1 then 'all clients' else p.name end as client,
       case when grouping(h.kind) = 1 then 'all channels' else h.kind end as channel,
       count(*) as messages,
       count(distinct c.social_contact_id) as contacts
  from messages m
  join conversations c on c.id = m.conversation_id
  join social_contacts s on s.id = c.social_contact_id
  join channels h on h.id = s.channel_id
  join platform_clients p on p.id = m.platform_client_id
 where m.sent_at > now() - make_interval(days => :days)
 group by grouping sets ((p.name, h.kind), (p.name), (h.kind), ())
 order by grouping(p.name) desc, grouping(h.kind) desc, messages desc
 limit 300;
