-- title: All that happened with a contact, in order
-- purpose: The whole story before calling (UNION ALL of three kinds of events).
-- parameter: contact uuid = null, the contact, or null for one with an appointment
-- look at: UNION ALL keeps every event; UNION would sort and drop those that look alike
with chosen as (
  select coalesce(:contact, (select a.social_contact_id from appointments a order by a.starts_at desc, a.id limit 1)) as id
), of_contact as (
  select c.id, c.platform_client_id, c.subject, c.opened_at, c.closed_at
    from conversations c
    join social_contacts s on s.id = c.social_contact_id and s.platform_client_id = c.platform_client_id
   where s.id = (select id from chosen)
)
select * from (
  select opened_at as at, 'conversation begins' as what, subject as text from of_contact
  union all
  select closed_at, 'conversation ends', subject from of_contact where closed_at is not null
  union all
  select m.sent_at, case m.direction when 'in' then 'contact writes' else 'client writes' end, left(m.body, 100)
    from of_contact c
    join messages m on m.conversation_id = c.id and m.platform_client_id = c.platform_client_id
  union all
  select a.starts_at, 'appointment ' || a.status, a.title
    from appointments a
   where a.social_contact_id = (select id from chosen)
) story
 order by at desc
 limit 200;
