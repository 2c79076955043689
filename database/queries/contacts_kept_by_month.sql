-- title: Contacts of each month, and how many still write
-- purpose: Do contacts stay? (Cohorts: the month of the first conversation against later months.)
-- parameter: client text = null, slug of one client, or null for all that you may see
-- look at: month_0 is all of them; each further column the share that opened a conversation so many months later
with opened as (
  select c.social_contact_id,
         date_trunc('month', c.opened_at) as month,
         min(date_trunc('month', c.opened_at)) over (partition by c.social_contact_id) as began
    from conversations c
    join platform_clients p on p.id = c.platform_client_id
   where :client::text is null or p.slug = :client
), later as (
  select began,
         social_contact_id,
         (extract(year from month) - extract(year from began)) * 12 + extract(month from month) - extract(month from began) as after
    from opened
)
select to_char(began, 'YYYY-MM') as began,
       count(distinct social_contact_id) as month_0,
       round(100.0 * count(distinct social_contact_id) filter (where after = 1) / count(distinct social_contact_id), 1) as month_1,
       round(100.0 * count(distinct social_contact_id) filter (where after = 2) / count(distinct social_contact_id), 1) as month_2,
       round(100.0 * count(distinct social_contact_id) filter (where after = 3) / count(distinct social_contact_id), 1) as month_3
  from later
 group by began
 order by began
 limit 60;
