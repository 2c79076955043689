-- title: A conversation as a tree of replies
-- purpose: What answers what, however deep (recursive CTE along reply_to_id).
-- parameter: conversation uuid = null, the conversation, or null for the one with the most replies
-- look at: depth and path; the limit on depth holds the recursion even if a circle were in the data
with recursive chosen as (
  select coalesce(:conversation, (
    select m.conversation_id from messages m where m.reply_to_id is not null
     group by 1 order by count(*) desc, 1 limit 1)) as id
), thread as (
  select m.id, m.reply_to_id, m.direction, m.sent_at, m.body, 0 as depth, array[row(m.sent_at, m.id)::text] as path
    from messages m
   where m.conversation_id = (select id from chosen)
     and m.reply_to_id is null
  union all
  select m.id, m.reply_to_id, m.direction, m.sent_at, m.body, t.depth + 1, t.path || row(m.sent_at, m.id)::text
    from thread t
    join messages m on m.reply_to_id = t.id
   where t.depth < 50
)
select depth, direction, sent_at, repeat('  ', depth) || left(body, 100) as text
  from thread
 order by path
 limit 500;
