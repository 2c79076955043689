-- title: How far messages got, by channel
-- purpose: Is a network failing? (Aggregates with FILTER, one pass for all states.)
-- parameter: days integer = 30, how far back
-- look at: failed_share; null where nothing was sent, since a share of nothing is no number
select h.kind as channel,
       count(*) as sent,
       count(*) filter (where m.status = 'read') as read,
       count(*) filter (where m.status = 'delivered') as delivered,
       count(*) filter (where m.status = 'queued') as queued,
       count(*) filter (where m.status = 'failed') as failed,
       round(100.0 * count(*) filter (where m.status = 'failed') / nullif(count(*), 0), 2) as failed_share
  from messages m
  join conversations c on c.id = m.conversation_id
  join social_contacts s on s.id = c.social_contact_id
  join channels h on h.id = s.channel_id
 where m.direction = 'out'
   and m.sent_at > now() - make_interval(days => :days)
 group by h.kind
 order by failed_share desc nulls last
 limit 10;
