-- title: Pauses between the appointments of a host
-- purpose: Is there time to breathe? (LEAD: each appointment beside the next.)
-- parameter: client text = 'nordlicht', slug of the client
-- look at: a null pause is the host's last appointment; a negative one would be a double booking, which cannot be
select m.display_name as host,
       a.starts_at,
       a.ends_at,
       lead(a.starts_at) over (partition by a.host_id order by a.starts_at) - a.ends_at as pause
  from appointments a
  join platform_clients p on p.id = a.platform_client_id
  join client_members m on m.platform_client_id = a.platform_client_id and m.user_id = a.host_id
 where p.slug = :client
   and a.status in ('booked', 'confirmed')
 order by host, a.starts_at
 limit 200;
