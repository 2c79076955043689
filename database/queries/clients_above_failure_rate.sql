-- title: Clients whose messages fail more often than elsewhere
-- purpose: Whose account at the network is in trouble (uncorrelated subquery: the rate of all, computed once).
-- parameter: days integer = 90, how far back
-- look at: small clients swing: look at sent before the rate
select p.name as client,
       count(*) as sent,
       count(*) filter (where m.status = 'failed') as failed,
       round(100.0 * avg((m.status = 'failed')::integer), 2) as failed_share
  from messages m
  join platform_clients p on p.id = m.platform_client_id
 where m.direction = 'out'
   and m.sent_at > now() - make_interval(days => :days)
 group by p.id
having avg((m.status = 'failed')::integer) > (
         select avg((a.status = 'failed')::integer)
           from messages a
          where a.direction = 'out' and a.sent_at > now() - make_interval(days => :days))
 order by failed_share desc
 limit 50;
