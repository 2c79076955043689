-- title: Free hours of those who receive contacts
-- purpose: What can be offered to a contact: each host with each hour (CROSS JOIN), less what is taken.
-- parameter: client text = 'nordlicht', slug of the client
-- parameter: day date = 'tomorrow', which day
-- look at: hours are those of the client's own time zone
select m.display_name as host,
       to_char(slot at time zone p.time_zone, 'HH24:MI') as free_from,
       slot as starts_at
  from platform_clients p
  join client_members m on m.platform_client_id = p.id and m.status = 'active' and m.role in ('owner', 'agent')
 cross join generate_series(8, 17) as hour
 cross join lateral (select (:day::date + make_time(hour, 0, 0)) at time zone p.time_zone as slot) s
 where p.slug = :client
   and not exists (
     select from appointments a
      where a.platform_client_id = p.id
        and a.host_id = m.user_id
        and a.status in ('booked', 'confirmed')
        and tstzrange(a.starts_at, a.ends_at) && tstzrange(slot, slot + interval '1 hour'))
 order by slot, host
 limit 200;
