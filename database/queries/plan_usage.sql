-- title: How much of its plan each client uses
-- purpose: Who will hit a limit soon (plain CTEs, one for each thing that is counted).
-- parameter: least numeric = 0, only from so many per cent on
-- look at: fullest is the highest of the three shares; a client with no file has 0, not null
with contacts as (
  select platform_client_id, count(*) as n from social_contacts group by 1
), files as (
  select platform_client_id, count(*) as n from document_files group by 1
), members as (
  select platform_client_id, count(*) as n from client_members group by 1
), used as (
  select p.name as client,
         l.name as plan,
         round(100.0 * coalesce(m.n, 0) / l.max_members, 1) as members,
         round(100.0 * coalesce(c.n, 0) / l.max_contacts, 1) as contacts,
         round(100.0 * coalesce(f.n, 0) / l.max_files, 1) as files
    from platform_clients p
    join plans l on l.id = p.plan_id
    left join members m on m.platform_client_id = p.id
    left join contacts c on c.platform_client_id = p.id
    left join files f on f.platform_client_id = p.id
)
select *, greatest(members, contacts, files) as fullest
  from used
 where greatest(members, contacts, files) >= :least
 order by fullest desc, client
 limit 100;
