"""How tenants are told apart where no foreign key says so: found by its name, or named by hand."""

import pytest

from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode
from chatly_console.policies.isolation.proving import prove_isolation
from chatly_console.policies.tenancy import find_columns, find_scheme, find_tenancy
from chatly_console.server.database import Database

CLAIM = "(pg_catalog.current_setting('request.jwt.claims', true)::jsonb ->> 'sub')"
WITHOUT_KEYS = f"""do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  create table people (user_id text primary key, owned_by text);
  create table sound (id int primary key, owned_by text); create table leaky (id int primary key, owned_by varchar);
  insert into people values ('one', 'Alpha'), ('two', 'Beta [/]'), ('three', null);
  insert into sound values (1, 'Alpha'), (2, 'Beta [/]'); insert into leaky table sound;
  alter table people enable row level security; alter table sound enable row level security;
  alter table leaky enable row level security;
  create policy own on people using (user_id = {CLAIM});
  create policy own on sound using (owned_by in (select p.owned_by from people p));
  create policy own on leaky using (owned_by in (select p.owned_by from people p));
  create policy more on leaky for update using (owned_by is not null) with check (true);
  create policy all_seen on leaky for select using (id > 0);
  grant select, insert, update, delete on sound, leaky to authenticated; grant select on people to authenticated;
end $$"""
IN_CLAIMS = """do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  create schema auth;
  create table auth.users (id uuid primary key default gen_random_uuid(), email text, raw_app_meta_data jsonb,
                           raw_user_meta_data jsonb, aud text, role text, phone text, is_anonymous boolean,
                           created_at timestamptz, deleted_at timestamptz);
  insert into auth.users (email, raw_app_meta_data) values ('a@a', '{"tenant_id": 7}'), ('b@b', '{"tenant_id": 8}'),
    ('c@c', '{}');
  create table invoices (id int primary key, tenant_id bigint); create table orders (like invoices including all);
  insert into invoices values (1, 7), (2, 8); insert into orders table invoices;
  alter table invoices enable row level security; alter table orders enable row level security;
  create policy own on invoices using (tenant_id =
    (pg_catalog.current_setting('request.jwt.claims', true)::jsonb #>> '{app_metadata,tenant_id}')::bigint);
  create policy forgotten on orders for delete using (true);
  grant select, insert, update, delete on invoices, orders to authenticated;
end $$"""


async def test_a_column_without_a_foreign_key_can_be_named(empty: Database) -> None:
    await empty.records(WITHOUT_KEYS, mode=Mode.COMMITTED)
    with pytest.raises(Failure, match="No column was found"):
        await find_scheme(empty)
    assert ("owned_by", "", 3) in {(c.name, c.parent, c.tables) for c in await find_columns(empty)}
    scheme = await find_scheme(empty, "owned_by")
    assert [r.name for r in scheme.relations] == ["leaky", "people", "sound"] and scheme.members == "public.people"
    proof = await prove_isolation(empty, column="owned_by")
    assert proof.errors == [] and proof.tenancy.tenants == ["Alpha", "Beta [/]"]
    leaks = {(k.relation.name, k.command.value, k.policies) for k in proof.leaks}
    assert {("leaky", "SELECT", ("all_seen",)), ("leaky", "UPDATE", ("more",))} <= leaks
    assert {name for name, _, _ in leaks} == {"leaky"}


async def test_who_belongs_to_whom_may_stand_in_the_tokens_only(empty: Database) -> None:
    await empty.records(IN_CLAIMS, mode=Mode.COMMITTED)
    tenancy = await find_tenancy(empty)
    assert tenancy.column == "tenant_id" and tenancy.tenants == ["7", "8"]
    proof = await prove_isolation(empty)
    leaks = {(k.relation.name, k.command.value, k.how) for k in proof.leaks}
    assert leaks == {("orders", "DELETE", "a statement without WHERE")}, [f.sentence for _, f in proof.errors]


async def test_a_column_by_which_nobody_belongs_to_anything_is_said(empty: Database) -> None:
    await empty.records("create table one (id int primary key, team_id int)", mode=Mode.COMMITTED)
    await empty.records("create table two (user_id int, team_id int)", mode=Mode.COMMITTED)
    assert (await find_scheme(empty)).column == "team_id"
    with pytest.raises(Failure, match="Nobody belongs to any team_id"):
        await find_tenancy(empty)
    with pytest.raises(Failure, match="No column was found"):
        await find_scheme(empty, "no_such")
