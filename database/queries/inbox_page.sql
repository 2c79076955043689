-- title: A page of the inbox, and the next
-- purpose: Paging by the last row seen instead of OFFSET, which reads and throws away all pages before.
-- parameter: client text = 'nordlicht', slug of the client
-- parameter: before timestamptz = 'infinity', opened_at of the last row seen
-- parameter: before_id uuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff', id of the last row seen
-- parameter: rows bigint = 25, rows a page
-- critical: it is asked at each turn of a page, by everybody
-- look at: give the opened_at and id of the last row to get the next page
select c.opened_at, c.id, c.status, c.priority, c.subject
  from conversations c
 where c.platform_client_id = (select p.id from platform_clients p where p.slug = :client)
   and c.status = 'open'
   and (c.opened_at, c.id) < (:before, :before_id)
 order by c.opened_at desc, c.id desc
 limit :rows;
