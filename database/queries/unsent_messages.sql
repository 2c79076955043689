-- title: Messages that are still to be sent
-- purpose: The outbox, oldest first, as the sender reads it.
-- parameter: rows bigint = 100, how many at once
-- critical: the sender asks every second
-- look at: sent_at far back means that the sender is stuck; the partial index holds only these rows
select m.id, m.platform_client_id, m.conversation_id, m.sent_at, now() - m.sent_at as waits, left(m.body, 80) as text
  from messages m
 where m.status = 'queued'
 order by m.sent_at
 limit :rows;
