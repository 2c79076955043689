-- title: Every plan with the clients on it
-- purpose: What is sold and what is not (RIGHT JOIN: each plan is there, also without a client).
-- look at: a plan whose client is null has no buyer; revenue is zero there, not null
select l.name as plan,
       l.price_cents / 100.0 as price,
       l.currency,
       count(p.id) as clients,
       coalesce(sum(l.price_cents) filter (where p.status = 'active'), 0) / 100.0 as revenue_a_month,
       string_agg(p.name, ', ' order by p.name) filter (where p.status = 'trial') as on_trial
  from platform_clients p
 right join plans l on l.id = p.plan_id
 group by l.id
 order by l.price_cents
 limit 50;
