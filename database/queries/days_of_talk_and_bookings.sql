-- title: Conversations and appointments, day by day
-- purpose: Do bookings follow talk? (FULL OUTER JOIN: days with only the one or only the other are there too.)
-- parameter: days integer = 30, how far back and ahead
-- look at: days ahead have appointments and no conversations yet; a zero is a zero, not a hole
with talk as (
  select opened_at::date as day, count(*) as conversations
    from conversations
   where opened_at > now() - make_interval(days => :days)
   group by 1
), booked as (
  select starts_at::date as day, count(*) as appointments
    from appointments
   where starts_at between now() - make_interval(days => :days) and now() + make_interval(days => :days)
     and status <> 'cancelled'
   group by 1
)
select coalesce(t.day, b.day) as day,
       coalesce(t.conversations, 0) as conversations,
       coalesce(b.appointments, 0) as appointments
  from talk t
  full join booked b on b.day = t.day
 order by day
 limit 200;
