-- title: Streaks of days with messages, and the quiet days between
-- purpose: Gaps and islands: days in a row have the same difference between day and number.
-- parameter: client text = 'surya-ayurveda', slug of the client
-- look at: quiet_before is null for the first streak: nothing is known from before it
with days as (
  select distinct m.sent_at::date as day
    from messages m
    join platform_clients p on p.id = m.platform_client_id
   where p.slug = :client
), numbered as (
  select day, day - (row_number() over (order by day))::integer as island from days
), streaks as (
  select min(day) as first_day, max(day) as last_day, count(*) as days from numbered group by island
)
select first_day, last_day, days, first_day - lag(last_day) over (order by first_day) - 1 as quiet_before
  from streaks
 order by days desc, first_day
 limit 100;
