-- title: Contacts who write more than the mean of their client
-- purpose: The demanding ones (correlated subquery: the mean belongs to the row's own client).
-- parameter: client text = 'miro', slug of the client
-- look at: conversations beside the mean; a contact without any counts as zero in it
with counted as materialized (
  select s.id, s.platform_client_id, s.display_name, count(c.id) as conversations
    from social_contacts s
    join platform_clients p on p.id = s.platform_client_id
    left join conversations c on c.social_contact_id = s.id and c.platform_client_id = s.platform_client_id
   where p.slug = :client
   group by s.id
)
select o.display_name as contact,
       o.conversations,
       (select round(avg(i.conversations), 2) from counted i where i.platform_client_id = o.platform_client_id) as mean
  from counted o
 where o.conversations > (select avg(i.conversations) from counted i where i.platform_client_id = o.platform_client_id)
 order by o.conversations desc, contact
 limit 100;
