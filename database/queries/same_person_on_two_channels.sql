-- title: Contacts who may be one person on two channels
-- purpose: Candidates for merging (a self join that shows each pair once).
-- parameter: client text = 'nordlicht', slug of the client
-- look at: the same address is good evidence, the same name only weak; null addresses match nothing
select a.display_name as contact,
       ha.kind as channel,
       hb.kind as other_channel,
       a.email,
       case when a.email = b.email then 'same address' else 'same name' end as evidence
  from social_contacts a
  join social_contacts b on b.platform_client_id = a.platform_client_id and b.id > a.id and b.channel_id <> a.channel_id
   and (b.email = a.email or b.display_name = a.display_name)
  join channels ha on ha.id = a.channel_id
  join channels hb on hb.id = b.channel_id
  join platform_clients p on p.id = a.platform_client_id
 where p.slug = :client
 order by evidence, contact
 limit 100;
