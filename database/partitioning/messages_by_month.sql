-- messages, partitioned by the month of sent_at: a path for when the table has outgrown one piece (see README.md:
-- "Partitioning messages"). Not a migration: it is run once, on purpose, in a quiet hour, after a rehearsal on a copy.
-- The way back is messages_in_one_piece.sql. Run it in one transaction (psql -1 -f, or the console's Query pane, armed
-- to commit): it either succeeds whole or changes nothing. It reads and writes every message once, keeps others out of
-- the table meanwhile (ACCESS EXCLUSIVE, about half a minute a million), and needs the table's size again on disk.
--
-- What hangs on the table (indexes, foreign keys, triggers, policies, grants, statistics, views) is read from the
-- catalogue and made again, so migrations that came after this file are kept. What changes:
--   * the primary key becomes (id, sent_at), and a message is known twice only within the same sent_at: a unique key of
--     a partitioned table must hold its partition key;
--   * reply_to_id loses its foreign key for the same reason; triggers keep its two promises (an earlier message of the
--     conversation; null once that is deleted);
--   * the partitions lie in the schema private, where no API role may read around the policies of the parent.
-- The table as it was stays behind as private.messages_flat, empty, for the way back.
set local lock_timeout = '5s';
set local search_path = '';
lock table public.messages in access exclusive mode;

do $$
begin
  if (select relkind from pg_catalog.pg_class where oid = 'public.messages'::regclass) = 'p' then
    raise exception 'messages is partitioned already.' using errcode = 'object_not_in_prerequisite_state';
  end if;
end $$;

-- Makes the partitions from the first month to the last that are not there yet; call it each month with two months
-- ahead (pg_cron: select private.add_message_partitions(now(), now() + interval '2 months')).
create or replace function private.add_message_partitions(since timestamptz, until timestamptz) returns integer
language plpgsql set search_path = '' as $$
declare
  month timestamp := date_trunc('month', since at time zone 'UTC');
  part text;
  made integer := 0;
begin
  while month <= until at time zone 'UTC' loop
    part := 'messages_' || to_char(month, 'YYYY_MM');
    if to_regclass('private.' || part) is null then
      execute format('create table private.%I partition of public.messages for values from (%L) to (%L)',
                     part, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
      execute format('alter table private.%I enable row level security', part);
      execute format('comment on table private.%I is %L', part, 'Messages of ' || to_char(month, 'YYYY-MM') || '; read them through public.messages');
      made := made + 1;
    end if;
    month := month + interval '1 month';
  end loop;
  return made;
end $$;
comment on function private.add_message_partitions(timestamptz, timestamptz) is 'Makes the missing monthly partitions of messages';
revoke execute on function private.add_message_partitions(timestamptz, timestamptz) from public;

create or replace function private.forget_replies() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.messages m set reply_to_id = null where m.reply_to_id in (select gone.id from gone);
  return null;
end $$;
comment on function private.forget_replies() is 'Trigger: replies to deleted messages stay, and point at nothing';
revoke execute on function private.forget_replies() from public;

do $$
declare
  after_copy text[];
  views text[];
  statement text;
  first_time timestamptz;
  last_time timestamptz;
  copied bigint;
  expected bigint;
begin
  -- What hangs on the table, as statements for the new one of the same name.
  select array_agg(s order by place, s) into after_copy from (
    select 1 as place, pg_catalog.pg_get_indexdef(x.indexrelid) as s
      from pg_catalog.pg_index x
     where x.indrelid = 'public.messages'::regclass
       and not exists (select from pg_catalog.pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))
    union all
    select 2, format('comment on index public.%I is %L', c.relname, pg_catalog.obj_description(c.oid, 'pg_class'))
      from pg_catalog.pg_index x join pg_catalog.pg_class c on c.oid = x.indexrelid
     where x.indrelid = 'public.messages'::regclass and pg_catalog.obj_description(c.oid, 'pg_class') is not null
    union all
    select 3, format('alter table public.messages add constraint %I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid))
      from pg_catalog.pg_constraint k
     where k.conrelid = 'public.messages'::regclass and k.contype = 'f' and k.confrelid <> k.conrelid
    union all
    select 4, pg_catalog.pg_get_statisticsobjdef(s.oid) from pg_catalog.pg_statistic_ext s where s.stxrelid = 'public.messages'::regclass
    union all
    select 5, format('comment on statistics %I.%I is %L', s.stxnamespace::regnamespace, s.stxname, pg_catalog.obj_description(s.oid, 'pg_statistic_ext'))
      from pg_catalog.pg_statistic_ext s
     where s.stxrelid = 'public.messages'::regclass and pg_catalog.obj_description(s.oid, 'pg_statistic_ext') is not null
    union all
    select 6, pg_catalog.pg_get_triggerdef(t.oid) from pg_catalog.pg_trigger t where t.tgrelid = 'public.messages'::regclass and not t.tgisinternal
    union all
    select 7, format('create policy %I on public.messages as %s for %s to %s%s%s', p.policyname, p.permissive, p.cmd,
                     (select pg_catalog.string_agg(quote_ident(r), ', ') from unnest(p.roles) r),
                     ' using (' || p.qual || ')', ' with check (' || p.with_check || ')')
      from pg_catalog.pg_policies p where p.schemaname = 'public' and p.tablename = 'messages' and p.qual is not null and p.with_check is not null
    union all
    select 7, format('create policy %I on public.messages as %s for %s to %s%s', p.policyname, p.permissive, p.cmd,
                     (select pg_catalog.string_agg(quote_ident(r), ', ') from unnest(p.roles) r),
                     coalesce(' using (' || p.qual || ')', ' with check (' || p.with_check || ')'))
      from pg_catalog.pg_policies p where p.schemaname = 'public' and p.tablename = 'messages' and (p.qual is null or p.with_check is null)
    union all
    select 8, format('comment on policy %I on public.messages is %L', p.polname, pg_catalog.obj_description(p.oid, 'pg_policy'))
      from pg_catalog.pg_policy p where p.polrelid = 'public.messages'::regclass and pg_catalog.obj_description(p.oid, 'pg_policy') is not null
    union all
    select 9, format('grant %s on public.messages to %s', a.privilege_type, case when a.grantee = 0 then 'public' else a.grantee::regrole::text end)
      from pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
     where c.oid = 'public.messages'::regclass and a.grantee <> c.relowner
    union all
    select 9, format('grant %s (%I) on public.messages to %s', a.privilege_type, t.attname, case when a.grantee = 0 then 'public' else a.grantee::regrole::text end)
      from pg_catalog.pg_attribute t, pg_catalog.aclexplode(t.attacl) a
     where t.attrelid = 'public.messages'::regclass and not t.attisdropped
    union all
    select 10, format('comment on table public.messages is %L', pg_catalog.obj_description('public.messages'::regclass, 'pg_class') || '; partitioned by the month of sent_at')
  ) made (place, s);

  select array_agg(format('create or replace view %s%s as %s', v.oid::regclass,
                          ' with (' || (select pg_catalog.string_agg(o, ', ') from unnest(v.reloptions) o) || ')',
                          pg_catalog.pg_get_viewdef(v.oid))) into views
    from pg_catalog.pg_class v
   where v.relkind = 'v'
     and exists (select from pg_catalog.pg_rewrite r
                   join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
                  where r.ev_class = v.oid and d.refobjid = 'public.messages'::regclass);

  select min(sent_at), max(sent_at), count(*) into first_time, last_time, expected from public.messages;

  for statement in
    select format('alter statistics %I.%I set schema private', s.stxnamespace::regnamespace, s.stxname)
      from pg_catalog.pg_statistic_ext s where s.stxrelid = 'public.messages'::regclass
  loop
    execute statement;
  end loop;
  alter table public.messages set schema private;
  alter table private.messages rename to messages_flat;

  create table public.messages (
    like private.messages_flat including defaults including constraints including generated including comments including storage,
    primary key (id, sent_at),
    unique (conversation_id, external_id, sent_at)
  ) partition by range (sent_at);
  alter table public.messages enable row level security;
  revoke all on public.messages from anon, authenticated, service_role;
  perform private.add_message_partitions(coalesce(first_time, now()), greatest(coalesce(last_time, now()), now()) + interval '2 months');
  create table private.messages_other partition of public.messages default;
  alter table private.messages_other enable row level security;
  comment on table private.messages_other is 'Messages of months without a partition; empty while all is well';

  insert into public.messages select * from private.messages_flat order by sent_at;
  get diagnostics copied = row_count;
  if copied <> expected then
    raise exception '% of % messages were copied.', copied, expected;
  end if;
  foreach statement in array after_copy loop
    execute statement;
  end loop;
  create trigger messages_forget_replies after delete on public.messages
    referencing old table as gone for each statement execute function private.forget_replies();
  if views is not null then
    foreach statement in array views loop
      execute statement;
    end loop;
  end if;
  truncate private.messages_flat;
  raise notice '% messages are in % partitions', copied,
    (select count(*) from pg_catalog.pg_inherits where inhparent = 'public.messages'::regclass);
end $$;
analyze public.messages;
