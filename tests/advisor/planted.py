"""Faults planted for the advisor, each beside a healthy neighbour, and what is to be found."""

SERVED = "alter database {} set pgrst.db_schemas = 'public, pgmq_public, graphql_public'"
ROLES = "do $$ begin create role anon; exception when duplicate_object then null; end $$;" \
        "do $$ begin create role authenticated; exception when duplicate_object then null; end $$"  # fmt: skip

PLANTED = r"""
create schema auth;
create table auth.users (id uuid primary key, email text unique);
create function auth.uid() returns uuid language sql stable set search_path = '' as 'select null::uuid';
create function auth.jwt() returns jsonb language sql stable set search_path = '' as 'select null::jsonb';
create schema storage;
create table storage.buckets (id text primary key, name text, public boolean);
insert into storage.buckets values ('open', 'open', true), ('narrow', 'narrow', true), ('closed', 'closed', false);
create table storage.objects (id uuid primary key, bucket_id text, owner uuid);
alter table storage.objects enable row level security;
create policy "list open" on storage.objects for select to anon using (bucket_id = 'open');
create policy "own files" on storage.objects for select to authenticated
  using (bucket_id = 'narrow' and owner = (select auth.uid()));

create table parent (id int primary key);
create table child (id int primary key, p int references parent, q int references parent);
create index child_q on child (q);
create table by_mail (id int primary key, mail text references auth.users (email), u uuid references auth.users (id));
create index by_mail_mail_idx on by_mail (mail);
create index by_mail_u_idx on by_mail (u);
create table nokey (a int);
create table open_table (id int primary key, access_token text);
grant select, truncate, references on open_table to anon;
create table asleep (id int primary key);
create policy nothing on asleep for select to anon using (true);
create table shut (id int primary key);
alter table shut enable row level security;
create table slow (id int primary key, owner uuid);
alter table slow enable row level security;
create policy per_row on slow for select to anon using (owner = auth.uid());
create table quick (id int primary key, owner uuid);
alter table quick enable row level security;
create policy per_statement on quick for select to anon using (owner = (select auth.uid()));
create table trusting (id int primary key);
alter table trusting enable row level security;
create policy by_profile on trusting for select to authenticated
  using ((select (auth.jwt() -> 'user_metadata' ->> 'role')) = 'admin');
create table crowded (id int primary key);
alter table crowded enable row level security;
create policy one on crowded for select to anon using (true);
create policy two on crowded for all to anon using (false);
create table blind (id int primary key);
alter table blind enable row level security;
create policy writes on blind for update to anon using (id > 0);
create table generous (id int primary key);
alter table generous enable row level security;
create policy reads on generous for select to anon using (true);
create policy anything on generous for insert to authenticated with check (true);
create table narrowed (id int primary key);
alter table narrowed enable row level security;
create policy only_less on narrowed as restrictive for select to anon using (id > 0);
create table large (id int primary key, tenant int, other int);
insert into large select i, i % 40, i from generate_series(1, 2000) i;
alter table large enable row level security;
create policy of_tenant on large for select to authenticated using (tenant = 1);
analyze large;
create table twice (id int primary key, a int, b int);
create index twice_a on twice (a);
create index twice_b on twice (a);
create table prefixed (id int primary key, a int, b int);
create index prefixed_a on prefixed (a);
create index prefixed_a_b on prefixed (a, b);
create table measured (day date, id int, primary key (day, id)) partition by range (day);
alter table measured enable row level security;
create policy nobody on measured for select to anon using (false);
create table measured_old partition of measured for values from ('2020-01-01') to ('2021-01-01');
create table measured_new partition of measured for values from ('2021-01-01') to ('2022-01-01');
grant select on measured_old to anon;
create table typed (id int primary key, f regproc);
create view peek as select * from shut;
grant select on peek to anon;
create view honest with (security_invoker = true) as select * from shut;
grant select on honest to anon;
create view people as select id, email from auth.users;
grant select on people to authenticated;
create materialized view counted as select count(*) from parent;
grant select on counted to anon;
create materialized view hidden as select count(*) from parent;
create function loose() returns int language sql as 'select 1';
create function tight() returns int language sql set search_path = '' as 'select 1';
create function powerful() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function powerful() from public;
grant execute on function powerful() to authenticated;
create sequence small_key as integer;
create table numbered (id int primary key default nextval('small_key'));
alter sequence small_key owned by numbered.id;
select setval('small_key', 1500000000);
create table unseen (id int primary key) with (autovacuum_enabled = false);
insert into unseen select generate_series(1, 3000);
create table changed (id int primary key) with (autovacuum_enabled = false);
insert into changed select generate_series(1, 20000);
analyze changed;
insert into changed select generate_series(20001, 30000);
create table littered (id int primary key) with (autovacuum_enabled = false);
insert into littered select generate_series(1, 30000);
delete from littered where id % 2 = 0;
create extension pg_trgm with schema public version '1.3';
create extension vector with schema auth;
create schema pgmq;
create table pgmq.q_jobs (id int primary key);
create table pgmq.q_guarded (id int primary key);
alter table pgmq.q_guarded enable row level security;
create table pgmq.a_jobs (id int primary key);
grant select on all tables in schema pgmq to anon;
create extension postgres_fdw with schema auth;
create server elsewhere foreign data wrapper postgres_fdw;
create foreign table distant (id int) server elsewhere;
grant select on distant to anon;
create foreign table distant_but_closed (id int) server elsewhere;
create table swollen (id int primary key, body text) with (autovacuum_enabled = false);
alter table swollen alter body set storage plain;
insert into swollen select i, repeat('x', 3900) from generate_series(1, 6000) i;
delete from swollen where id > 5;
analyze swollen;
insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
select 99999, 'pg_graphql', 10, 'auth'::regnamespace, false, '1.5.11';
create table papers (id int primary key, embedding auth.vector(2));
create index papers_l2 on papers using hnsw (embedding auth.vector_l2_ops);
create table notes (id int primary key, embedding auth.vector(2));
create index notes_cosine on notes using hnsw (embedding auth.vector_cosine_ops);
create function near_papers(q auth.vector) returns setof int language sql set search_path = auth, public
  as 'select id from papers order by embedding <=> q limit 5';
create function near_notes(q auth.vector) returns setof int language sql set search_path = auth, public
  as 'select id from notes order by embedding <=> q limit 5';
create function unlimited(q auth.vector) returns setof int language sql set search_path = auth, public
  as 'select id from notes order by embedding <=> q';
create function inverted(q auth.vector) returns setof int language sql set search_path = auth, public
  as 'select id from notes order by 1 - (embedding <=> q) desc limit 5';
create function beyond(q auth.vector) returns setof int language sql security definer set search_path = auth, public
  as 'select id from notes order by embedding <=> q limit 5'
"""

BROKEN_INDEX = "create unique index concurrently doubles on child (p)"

EXPECTED: dict[str, set[str]] = {
    "applied_index_unused": set(),
    "applied_index_cut_off": set(),
    "auth_users_exposed": {"public.people"},
    "rls_disabled_in_public": {"public.open_table", "public.measured_old"},
    "policy_exists_rls_disabled": {"public.asleep"},
    "security_definer_view": {"public.peek", "public.people"},
    "rls_references_user_metadata": {"public.trusting"},
    "insecure_queue_exposed_in_api": {"pgmq.q_jobs"},
    "fkey_to_auth_unique": {"public.by_mail"},
    "sensitive_columns_exposed": {"public.open_table"},
    "auth_rls_initplan": {"public.slow", "public.trusting"},
    "multiple_permissive_policies": {"public.crowded"},
    "duplicate_index": {"public.twice"},
    "function_search_path_mutable": {"public.loose()"},
    "extension_in_public": {"pg_trgm"},
    "materialized_view_in_api": {"public.counted"},
    "foreign_table_in_api": {"public.distant"},
    "unsupported_reg_types": {"public.typed"},
    "extension_versions_outdated": {"pg_trgm"},
    "rls_policy_always_true": {"public.generous"},
    "public_bucket_allows_listing": {"open"},
    "pg_graphql_anon_table_exposed": {
        "public.open_table",
        "public.measured_old",
        "public.peek",
        "public.honest",
        "public.counted",
        "public.distant",
    },
    "pg_graphql_authenticated_table_exposed": {"public.people"},
    "anon_security_definer_function_executable": {"public.beyond(q auth.vector)"},
    "authenticated_security_definer_function_executable": {"public.beyond(q auth.vector)", "public.powerful()"},
    "unindexed_foreign_keys": {"public.child"},
    "rls_enabled_no_policy": {"public.shut"},
    "no_primary_key": {"public.nokey"},
    "table_bloat": {"public.swollen"},
    "wasted_space": {"public.swollen"},
    "partition_readable_directly": {"public.measured_old"},
    "api_role_may_truncate": {"public.open_table"},
    "search_function_bypasses_rls": {"public.beyond(q auth.vector)"},
    "write_without_select_policy": {"public.blind"},
    "only_restrictive_policies": {"public.narrowed"},
    "unindexed_policy_columns": {"public.large"},
    "definer_view_over_rls": {"public.peek"},
    "search_function_loses_index": {"public.unlimited(q auth.vector)", "public.inverted(q auth.vector)"},
    "vector_index_operator_class": {"public.papers"},
    "invalid_index": {"public.doubles"},
    "integer_key_near_end": {"public.numbered"},
    "dead_rows": {"public.littered"},
    "transaction_wraparound": set(),
    "extension_known_fault": set(),
    "api_role_may_reference": {"public.open_table"},
    "prefix_redundant_index": {"public.prefixed_a"},
    "missing_statistics": {"public.unseen"},
    "stale_statistics": {"public.changed"},
}
"""The objects of each check; `unused_index` names every index here and has a test of its own."""
