-- The way back from messages_by_month.sql: the messages return into the table as it was before, with all that hung on
-- it, and nothing of the partitions stays. Run it in one transaction; the same lock, time and space.
set local lock_timeout = '5s';
set local search_path = '';
lock table public.messages in access exclusive mode;

do $$
begin
  if (select relkind from pg_catalog.pg_class where oid = 'public.messages'::regclass) <> 'p'
     or to_regclass('private.messages_flat') is null then
    raise exception 'messages was not partitioned by messages_by_month.sql.' using errcode = 'object_not_in_prerequisite_state';
  end if;
end $$;

do $$
declare
  views text[];
  statement text;
  copied bigint;
  expected bigint;
begin
  select array_agg(format('create or replace view %s%s as %s', v.oid::regclass,
                          ' with (' || (select pg_catalog.string_agg(o, ', ') from unnest(v.reloptions) o) || ')',
                          pg_catalog.pg_get_viewdef(v.oid))) into views
    from pg_catalog.pg_class v
   where v.relkind = 'v'
     and exists (select from pg_catalog.pg_rewrite r
                   join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
                  where r.ev_class = v.oid and d.refobjid = 'public.messages'::regclass);
  select count(*) into expected from public.messages;

  -- The rows were checked when they were written; replies may come before what they answer.
  alter table private.messages_flat disable trigger user;
  insert into private.messages_flat select * from public.messages order by sent_at;
  get diagnostics copied = row_count;
  alter table private.messages_flat enable trigger user;
  if copied <> expected then
    raise exception '% of % messages were copied.', copied, expected;
  end if;

  -- The partitioned table and its indexes go out of the way, by name; it is dropped once no view reads it any more.
  for statement in
    select format('alter index %s rename to %I', x.indexrelid::regclass, left('by_month_' || c.relname, 63))
      from pg_catalog.pg_index x join pg_catalog.pg_class c on c.oid = x.indexrelid
     where x.indrelid = 'public.messages'::regclass
    union all
    select format('drop statistics %I.%I', s.stxnamespace::regnamespace, s.stxname)
      from pg_catalog.pg_statistic_ext s where s.stxrelid = 'public.messages'::regclass
  loop
    execute statement;
  end loop;
  alter table public.messages rename to messages_by_month;
  alter table private.messages_flat set schema public;
  alter table public.messages_flat rename to messages;
  for statement in
    select format('alter statistics %I.%I set schema public', s.stxnamespace::regnamespace, s.stxname)
      from pg_catalog.pg_statistic_ext s where s.stxrelid = 'public.messages'::regclass
  loop
    execute statement;
  end loop;
  if views is not null then
    foreach statement in array views loop
      execute statement;
    end loop;
  end if;
  drop table public.messages_by_month;
end $$;
drop function private.forget_replies();
drop function private.add_message_partitions(timestamptz, timestamptz);
analyze public.messages;
