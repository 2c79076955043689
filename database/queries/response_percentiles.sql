-- title: First response time by client, in percentiles
-- purpose: The mean hides the few who wait long; half, nine tenths and 99 of 100 do not.
-- parameter: days integer = 90, conversations opened so many days back
-- look at: unanswered is counted apart: percentile_cont leaves nulls out
with answered as (
  select c.platform_client_id,
         c.id,
         min(m.sent_at) filter (where m.direction = 'out') - c.opened_at as waited
    from conversations c
    left join messages m on m.conversation_id = c.id and m.platform_client_id = c.platform_client_id
   where c.opened_at > now() - make_interval(days => :days)
   group by c.id
)
select p.name as client,
       count(*) as conversations,
       count(*) filter (where a.waited is null) as unanswered,
       justify_hours(percentile_cont(0.5) within group (order by a.waited)) as half_within,
       justify_hours(percentile_cont(0.9) within group (order by a.waited)) as nine_tenths_within,
       justify_hours(percentile_cont(0.99) within group (order by a.waited)) as ninety_nine_within
  from answered a
  join platform_clients p on p.id = a.platform_client_id
 group by p.id
 order by nine_tenths_within desc nulls last
 limit 100;
