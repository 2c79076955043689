"""`rls ...` on Chatly's data, as a script would call it, and a leak that must be found."""

import asyncio
import json

import pytest

from chatly_console.cli import main
from chatly_console.connections.identity_option import resolve
from chatly_console.core.request import Mode
from chatly_console.policies.attempt import try_write
from chatly_console.policies.isolation import prove_isolation
from chatly_console.server.database import Database

ADA, BEN = "ada@nordlicht.example", "ben@miro.example"


def rls(capsys: pytest.CaptureFixture[str], dsn: str, *words: str) -> tuple[int, object]:
    status = main(["rls", *words, "--dsn", dsn, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_why_and_diff_have_their_documented_keys(capsys: pytest.CaptureFixture[str], chatly_dsn: str) -> None:
    status, why = rls(capsys, chatly_dsn, "why", "plans", "--as", "anon")
    assert status == 0 and isinstance(why, dict)
    assert {"table", "command", "identity", "rows", "truncated"} <= why.keys()
    assert {row["visible"] for row in why["rows"]} == {True, False}
    status, diff = rls(capsys, chatly_dsn, "diff", "channels", "--as", ADA, "--as", BEN)
    assert status == 0 and isinstance(diff, dict)
    assert diff["both"] == 0 and diff["only"][ADA] and diff["only"][BEN] and diff["differing"] == []


async def test_every_policy_that_refuses_an_insert_is_named(chatly: Database) -> None:
    ada = await resolve(ADA, chatly)
    found = await chatly.records("select id::text as id from platform_clients where slug = 'miro'")
    attempt = await try_write(
        chatly,
        "insert into channels (platform_client_id, kind, external_account_id, display_name) "
        f"values ('{found[0]['id']}', 'whatsapp', 'x', 'x')",
        ada,
    )
    assert [(r.policy, r.value) for r in attempt.refused_by] == [("channels_insert", False)]


async def test_a_missing_grant_is_told_from_a_policy_and_silence_is_explained(chatly: Database) -> None:
    ada = await resolve(ADA, chatly)
    assert (await try_write(chatly, "delete from plans", ada)).missing_grant
    silent = await try_write(chatly, "update conversations set subject = 'x' where subject = 'no such'", ada)
    assert silent.ok and silent.rows == 0 and "none of these matches" in silent.note


async def test_a_leak_through_a_policy_and_through_a_definer_view_is_found(empty: Database) -> None:
    await _two_tenants(empty)
    proof = await prove_isolation(empty)
    leaks = {(leak.relation.name, leak.policies) for leak in proof.leaks if leak.tenant not in ("anon",)}
    assert ("notes", ("everybody",)) in leaks
    assert ("notes_view", ()) in leaks
    assert not [leak for leak in proof.leaks if leak.relation.name == "tasks"]
    assert ("definer view", "public.notes_view") in {(b.kind, b.object) for b in proof.bypasses}


async def _two_tenants(database: Database) -> None:
    claim = "(pg_catalog.current_setting('request.jwt.claims', true)::jsonb ->> 'sub')"
    script = f"""do $$ begin
      create table clients (id int primary key);
      create table members (client_id int references clients, user_id text, primary key (client_id, user_id));
      create table notes (id int primary key, client_id int references clients, body text);
      create table tasks (id int primary key, client_id int references clients);
      insert into clients values (1), (2);
      insert into members values (1, 'one'), (2, 'two');
      insert into notes values (1, 1, 'a'), (2, 2, 'b');
      insert into tasks values (1, 1), (2, 2);
      alter table notes enable row level security;
      alter table tasks enable row level security;
      alter table members enable row level security;
      alter table clients enable row level security;
      create policy own on members using (user_id = {claim});
      create policy everybody on notes using (body <> 'c');
      create policy own on tasks using (client_id in (select m.client_id from members m));
      create view notes_view as select * from notes;
      if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
      if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
      grant select on all tables in schema public to authenticated;
    end $$"""
    await database.records(script, mode=Mode.COMMITTED)
    await asyncio.sleep(0)
