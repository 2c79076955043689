"""Planted leaks of every kind are found, with the row and the policy that let it through; Chatly itself has none."""

import asyncio
import re

import pytest

from chatly_console.core.request import Mode
from chatly_console.policies.isolation.kinds import kinds_of
from chatly_console.policies.isolation.proof import Proof
from chatly_console.policies.isolation.proving import prove_isolation
from chatly_console.policies.isolation.report import isolation_markdown
from chatly_console.policies.ui.isolation_view import _table
from chatly_console.server.database import Database
from tests.server.conftest import opening_of

CLAIM = "(pg_catalog.current_setting('request.jwt.claims', true)::jsonb ->> 'sub')"
QUOTED = CLAIM.replace("'", "''")
MINE = "client_id in (select m.client_id from members m)"
SCHEMA = f"""do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  create table users (user_id text primary key); insert into users values ('one'), ('two'), ('three');
  create table clients (id int primary key, name text);
  create table members (client_id int references clients, user_id text, primary key (client_id, user_id));
  insert into clients values (1, 'Alpha'), (2, 'Beta | [/]'), (3, 'Gamma');
  insert into members values (1, 'one'), (2, 'two'), (3, 'three'), (3, 'one');
  alter table members enable row level security;
  alter table clients enable row level security;
  create policy own on members using (user_id = {CLAIM});
  grant select on members, clients to authenticated;
  create table sound (id int primary key, client_id int references clients);
  create table readable (like sound including all);
  create table addable (like sound including all);
  create table movable (like sound including all);
  create table blind (like sound including all);
  create table parted (id int, client_id int, primary key (id, client_id)) partition by list (client_id);
  create table parted_two partition of parted for values in (2);
  create table parted_rest partition of parted default;
  create table keyless (client_id int references clients, note text, spare text);
  create table signed (id int generated always as identity primary key, client_id int references clients,
                       user_id text references users);
  create table taken (id int primary key, client_id int references clients);
  insert into sound values (1, 1), (2, 2), (3, 3);
  insert into keyless select id, 'x', 'x' from sound; insert into taken table sound;
  insert into signed (client_id, user_id) values (1, 'one'), (2, 'two'), (3, 'three');
  insert into readable table sound; insert into addable table sound; insert into movable table sound;
  insert into blind table sound; insert into parted table sound;
end $$"""
POLICIES = f"""do $$ declare t text; begin
  foreach t in array array['sound', 'readable', 'addable', 'movable', 'blind', 'parted', 'keyless', 'signed', 'taken']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy own on %I using ({MINE}) with check ({MINE})', t);
    execute format('grant select, insert, update, delete on %I to authenticated', t);
  end loop;
  create policy everybody on readable for select using (id <> 99);
  create policy anything on addable for insert with check (id is not null);
  create policy anywhere on movable for update using ({MINE}) with check (true);
  create policy unseen on blind for delete using (true);
  revoke update on keyless from authenticated; grant update (spare) on keyless to authenticated;
  create policy spare on keyless for update using (true) with check (true);
  create policy in_my_name on signed for insert with check (user_id = {CLAIM});
  create policy grab on taken for update using (true) with check ({MINE});
  grant select on parted_two to authenticated;
  create view owners_view as select * from sound;
  create view callers_view with (security_invoker = true) as select * from sound;
  create materialized view frozen as select * from sound;
  create view writable as select * from sound; create view guarded with (security_invoker) as select * from sound;
  grant select on owners_view, callers_view, frozen to authenticated;
  grant all on writable, guarded to authenticated;
  create function past() returns setof sound security definer language sql as 'select * from sound';
  create function own() returns setof sound security definer language sql as 'select s.* from sound s join members m
    on m.client_id = s.client_id where m.user_id = {QUOTED}';
  create function wants(id int) returns setof sound security definer language sql as 'select * from sound';
  create function grabs(p_sound_id int) returns void security definer language sql as
    'update sound set client_id = client_id where id = p_sound_id';
  create function plants(client_id int) returns void security definer language sql as
    'insert into sound values (100 + client_id, client_id)';
  create function echoes(client_id int) returns int security definer language sql as 'select client_id';
  create function refuses(client_id int) returns void security definer language plpgsql as
    'begin raise exception ''no''; end';
  create function breaks() returns setof sound security definer language sql as 'select 1 / 0, 1';
  create table emptied (id int primary key, client_id int); alter table emptied enable row level security;
  create table hanging (emptied_id int references emptied, client_id int); insert into emptied table sound;
  grant truncate, references on emptied to authenticated; grant truncate on hanging to authenticated;
  create table held (id int primary key, client_id int); alter table held enable row level security;
  create table holding (held_id int references held); grant truncate on held to authenticated;
end $$"""


@pytest.fixture
async def leaky(empty: Database) -> Database:
    await empty.records(SCHEMA, mode=Mode.COMMITTED)
    await empty.records(POLICIES, mode=Mode.COMMITTED)
    return empty


def found(proof: Proof, name: str) -> set[tuple[str, str, tuple[str, ...]]]:
    """What leaks of this relation for members: command, how, and by which policies."""
    return {(k.command.value, k.how, k.policies) for k in proof.leaks if k.relation.name == name}


async def test_every_kind_of_leak_is_found_and_what_is_sound_is_not_accused(leaky: Database) -> None:
    proof = await prove_isolation(leaky)
    assert proof.errors == []
    assert found(proof, "sound") == set() and found(proof, "callers_view") == set()
    assert found(proof, "readable") == {("SELECT", "read", ("everybody",))}
    assert found(proof, "addable") == {("INSERT", "added", ("anything",))}
    assert found(proof, "movable") == {("UPDATE", "moved there by a statement without WHERE", ("anywhere",))}
    assert found(proof, "blind") == {("DELETE", "a statement without WHERE", ("unseen",))}
    assert found(proof, "keyless") == {("UPDATE", "a statement without WHERE", ("spare",))}
    assert found(proof, "signed") == {("INSERT", "added in his own name", ("in_my_name",))}
    assert found(proof, "taken") == {("UPDATE", "taken over", ("grab",))}
    assert found(proof, "guarded") == set()
    assert {command for command, _, _ in found(proof, "writable")} == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    for name, kind in (("owners_view", "view"), ("frozen", "materialized view")):
        assert [policies[0] for _, _, policies in found(proof, name)] == [
            f"none: a {kind} is not subject to policies of the caller"
        ]
    assert ("SELECT", "read", ("row level security is off",)) in found(proof, "parted_two")
    kinds = {(b.kind, b.object) for b in proof.bypasses}
    assert {("definer view", "public.owners_view"), ("truncate grant", "public.emptied"),
            ("materialized view", "public.frozen"), ("security definer function", "past()")} <= kinds  # fmt: skip


async def test_before_postgresql_15_rows_are_aimed_at_one_by_one(
    leaky: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await prove_isolation(leaky)
    monkeypatch.setattr("chatly_console.policies.isolation.trial._VIEWS_OF_CALLERS", 10**9)
    proof = await prove_isolation(leaky)
    assert proof.errors == [] and proof.writes > whole.writes
    for name in ("sound", "readable", "addable", "movable", "blind", "keyless", "signed", "taken", "writable"):
        assert found(proof, name) == found(whole, name), name


async def test_functions_that_run_as_their_owner_are_called_and_what_they_return_is_judged(leaky: Database) -> None:
    proof = await prove_isolation(leaky)
    owner = leaky.facts.user
    assert found(proof, "past()") == {("SELECT", "read", (f"none: it runs as its owner {owner}",))}
    assert found(proof, "own()") == set()
    notes = {b.object: b.note for b in proof.bypasses if b.kind == "security definer function"}
    assert not any("chatly" in name for name in notes), "what the proof makes for itself is no way past the policies"
    assert notes["past()"] == "called: it returned rows of other tenants"
    assert notes["own()"] == "called: nothing of another tenant came back or changed"
    assert notes["wants(integer)"] == "called with values of others: it returned rows of other tenants"
    assert notes["grabs(integer)"] == "called with values of others: it wrote rows of other tenants"
    assert notes["echoes(integer)"] == "called with values of others: nothing of another tenant came back or changed"
    assert notes["refuses(integer)"] == "called with values of others without success: no"
    assert {(c, how) for c, how, _ in found(proof, "grabs()")} == {("UPDATE", "wrote public.sound")}
    assert {(c, how) for c, how, _ in found(proof, "plants()")} == {("INSERT", "wrote public.sound")}
    assert notes["breaks()"] == "called without success: division by zero"
    drawn = "\n".join(line.plain for line in _table(proof, narrow=False))
    assert re.search(r"public\.past\(\) +✗ \d", drawn) and "own()" not in drawn
    assert re.search(r"public\.taken +✓ +✓ +✗ \d +✓", drawn)
    report = isolation_markdown(proof, leaky.facts)
    assert "gets 1 row of Alpha from public.past()" in report
    assert "changes a row of Alpha in public.sound through public.grabs()" in report


async def test_grants_that_no_policy_limits_are_used_and_undone(leaky: Database) -> None:
    proof = await prove_isolation(leaky)
    assert found(proof, "emptied") == {("DELETE", "emptied", ("none: no policy applies to TRUNCATE",))}
    notes = {(b.kind, b.object): b.note for b in proof.bypasses}
    assert notes["truncate grant", "public.emptied"] == "attempted: it empties the table"
    assert notes["references grant", "public.emptied"].startswith("of no use")
    assert "permission denied for table holding" in notes["truncate grant", "public.held"]
    assert "(TRUNCATE), with the rows of all tenants" in isolation_markdown(proof, leaky.facts)
    assert (await leaky.records("select count(*) as n from emptied"))[0]["n"] == 3


async def test_who_may_create_a_table_learns_by_references_which_rows_there_are(leaky: Database) -> None:
    await leaky.records("create schema workshop", mode=Mode.COMMITTED)
    await leaky.records("grant usage, create on schema workshop to authenticated", mode=Mode.COMMITTED)
    await leaky.records("revoke truncate on emptied from authenticated", mode=Mode.COMMITTED)
    proof = await prove_isolation(leaky)
    assert found(proof, "emptied") == {
        ("SELECT", "told that they exist", ("none: foreign keys are checked past the policies",))
    }
    notes = {(b.kind, b.object): b.note for b in proof.bypasses}
    assert notes["references grant", "public.emptied"] == "attempted: a table that refers to it tells which rows exist"
    assert await leaky.records("select from pg_class where relname = 'chatly_reference'") == []


async def test_a_truncate_does_not_wait_for_whoever_reads_the_table(leaky: Database) -> None:
    async with leaky.dedicated("reader") as reader:
        await reader.run("begin; select from emptied")
        proof = await prove_isolation(leaky)
    notes = {(b.kind, b.object): b.note for b in proof.bypasses}
    assert notes["truncate grant", "public.emptied"] == "not attempted: somebody was working on the table"
    assert found(proof, "emptied") == set()


async def test_each_pair_is_tried_and_thoroughly_by_each_user(leaky: Database) -> None:
    """Gamma has two members, who share the other tenants; a policy that lets only one of them add must not hide."""
    only_three = f"create policy three on sound for insert with check ({CLAIM} = 'three')"
    for statement in ("alter table members add role text", "update members set role = user_id", only_three):
        await leaky.records(statement, mode=Mode.COMMITTED)
    everybody = {(k.identity.subject, k.other) for k in (await prove_isolation(leaky, thorough=True)).leaks
                 if k.relation.name == "sound"}  # fmt: skip
    assert everybody == {("three", "1"), ("three", "2")}


async def test_one_connection_does_it_all_where_the_pool_has_no_other(database_dsn: str) -> None:
    database = await Database.connect(opening_of(database_dsn, pool_size=1))
    try:
        await database.records(SCHEMA, mode=Mode.COMMITTED)
        await database.records(POLICIES, mode=Mode.COMMITTED)
        proof = await prove_isolation(database)
    finally:
        await database.close()
    assert proof.errors == [] and found(proof, "readable") == {("SELECT", "read", ("everybody",))}


async def test_a_member_of_two_tenants_is_not_blamed_for_either(leaky: Database) -> None:
    proof = await prove_isolation(leaky)
    both = [k for k in proof.leaks if k.identity.subject == "one"]
    assert both and {k.other for k in both} == {"2"}
    assert all(k.key for k in both if k.relation.kind != "F"), "each leak names a row"


async def test_nothing_is_changed_and_without_writes_only_reading_is_tried(leaky: Database) -> None:
    counted = "select (select count(*) from addable) + (select sum(client_id) from movable) as n"
    before = await leaky.records(counted)
    assert (await prove_isolation(leaky)).writes > 0
    assert await leaky.records(counted) == before
    proof = await prove_isolation(leaky, writes=False)
    assert proof.writes == 0 and {k.command.value for k in proof.leaks} == {"SELECT"}


async def test_a_row_that_others_hold_is_told_and_not_waited_for(leaky: Database) -> None:
    async with leaky.dedicated("holder") as holder:
        await holder.run("begin; update addable set id = id; update movable set id = id")
        proof = await prove_isolation(leaky)
    assert {failure.sqlstate for _, failure in proof.errors} == {"55P03"}
    assert any(where.startswith("writing public.movable") for where, _ in proof.errors)
    assert not proof.is_sound


async def test_the_report_says_when_where_how_and_what(leaky: Database) -> None:
    proof = await prove_isolation(leaky)
    text = isolation_markdown(proof, leaky.facts)
    assert "**FAILED**" in text and leaky.facts.version in text
    assert "- two (Beta | [/]) reads 1 row of Alpha in public.readable" in text
    assert "### public.readable, SELECT: " in text and "Let through by everybody." in text and "moves all his" in text
    assert text.endswith("\n") and "\x1b" not in text


async def test_it_can_be_cancelled_between_two_users(chatly: Database) -> None:
    reached = asyncio.Event()

    def progress(done: int, of: int) -> None:
        if done == 3:
            reached.set()

    work = asyncio.create_task(prove_isolation(chatly, progress=progress))
    await reached.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert chatly.pool_in_use == 0
    assert (await chatly.records("select current_user as who"))[0]["who"] == "postgres"


async def test_thousands_of_leaks_of_one_kind_are_told_as_one(leaky: Database) -> None:
    proof = await prove_isolation(leaky)
    kinds = {(k.relation.name, k.command.value): k for k in kinds_of(proof.leaks)}
    readable = kinds["readable", "SELECT"]
    assert readable.policies == ("everybody",) and readable.extent == "3 users, rows of 3 tenants"
    assert readable.leaks == tuple(k for k in proof.leaks if k.relation.name == "readable")
    report = isolation_markdown(proof, leaky.facts)
    assert report.count("### public.readable, SELECT") == 1
    assert "- a user of no tenant reads 1 row of Alpha in public.readable" in report
