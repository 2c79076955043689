-- title: Where contacts come from
-- purpose: A fact out of jsonb, counted, with those who have none kept apart.
-- parameter: having jsonb = '{}', only contacts whose attributes hold this, such as {"source": "ad"}
-- look at: attributes @> uses the GIN index when the backend asks; ->> gives null where the key is missing
select coalesce(s.attributes ->> 'source', '(not known)') as source,
       count(*) as contacts,
       count(*) filter (where exists (select from appointments a
                                       where a.platform_client_id = s.platform_client_id and a.social_contact_id = s.id)) as with_appointment
  from social_contacts s
 where s.attributes @> :having
 group by 1
 order by contacts desc
 limit 50;
