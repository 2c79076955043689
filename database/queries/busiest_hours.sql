-- title: Busiest hours of the week
-- purpose: When to have people at work: hours down, days across, in the client's own time zone.
-- parameter: client text = 'nordlicht', slug of the client
-- parameter: days integer = 90, how far back
-- look at: the hour is the contact's message; answers would show when people work already
select extract(hour from m.sent_at at time zone p.time_zone)::integer as hour,
       count(*) filter (where extract(isodow from m.sent_at at time zone p.time_zone) = 1) as mon,
       count(*) filter (where extract(isodow from m.sent_at at time zone p.time_zone) = 2) as tue,
       count(*) filter (where extract(isodow from m.sent_at at time zone p.time_zone) = 3) as wed,
       count(*) filter (where extract(isodow from m.sent_at at time zone p.time_zone) = 4) as thu,
       count(*) filter (where extract(isodow from m.sent_at at time zone p.time_zone) = 5) as fri,
       count(*) filter (where extract(isodow from m.sent_at at time zone p.time_zone) = 6) as sat,
       count(*) filter (where extract(isodow from m.sent_at at time zone p.time_zone) = 7) as sun,
       count(*) as week
  from messages m
  join platform_clients p on p.id = m.platform_client_id
 where p.slug = :client
   and m.direction = 'in'
   and m.sent_at > now() - make_interval(days => :days)
 group by 1
 order by 1
 limit 24;
