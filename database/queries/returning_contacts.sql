-- title: Contacts who came back within a week
-- purpose: Was the matter really settled? (EXISTS for who came back, NOT EXISTS for the first time.)
-- parameter: days integer = 7, came back within so many days
-- look at: not exists stays right with nulls, where “not in” would find nothing at all
select p.name as client, s.display_name as contact, c.subject as settled, c.closed_at
  from conversations c
  join social_contacts s on s.id = c.social_contact_id
  join platform_clients p on p.id = c.platform_client_id
 where c.status = 'closed'
   and exists (
     select from conversations n
      where n.platform_client_id = c.platform_client_id and n.social_contact_id = c.social_contact_id
        and n.opened_at > c.closed_at and n.opened_at <= c.closed_at + make_interval(days => :days))
   and not exists (
     select from conversations b
      where b.platform_client_id = c.platform_client_id and b.social_contact_id = c.social_contact_id
        and b.opened_at < c.opened_at)
 order by c.closed_at desc
 limit 100;
