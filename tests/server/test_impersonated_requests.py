"""The request as the API makes it: the pre-request hook, the token hook, the boundary login made and verified."""

import json
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chatly_console.connections.identity_option import resolve, with_token_hook
from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity, Strength
from chatly_console.core.request import Mode, Request
from chatly_console.policies.people import PeopleBook, find_people, find_roles
from chatly_console.policies.setup import boundary_script, set_up, verify
from chatly_console.server.database import Database
from chatly_console.server.embedded import EmbeddedServer
from chatly_console.server.impersonation import BOUNDARY_LOGIN
from chatly_console.server.sql_files import load_sql
from tests.server.conftest import opening_of

ADA = "3f2d1c00-0000-4000-8000-000000000001"
PROJECT = f"""do $$ begin
  perform pg_advisory_xact_lock(7120);
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  if not exists (select from pg_roles where rolname = 'supabase_auth_admin') then
    create role supabase_auth_admin;
  end if;
  create schema auth;
  create table auth.users (id uuid primary key, email text, phone text, role text, is_anonymous boolean,
                           raw_app_meta_data jsonb, raw_user_meta_data jsonb, encrypted_password text,
                           created_at timestamptz default now());
  insert into auth.users values ('{ADA}', 'ada@x.example', '', 'authenticated', false,
                                 '{{"tenant": 7}}', '{{"name": "[/]Ada"}}', 'secret');
  create table seen (path text);
  create function check_request() returns void language plpgsql as $f$ begin
    if current_setting('request.jwt.claims', true)::jsonb ->> 'blocked' is not null then
      raise exception 'this key is blocked' using errcode = 'PT403';
    end if;
    perform set_config('app.tenant', current_setting('request.jwt.claims', true)::jsonb -> 'app_metadata' ->> 'tenant',
                       true);
  end $f$;
end $$"""
HOOK = """create function public.custom_access_token_hook(event jsonb) returns jsonb language plpgsql as $$ begin
  if current_user <> 'supabase_auth_admin' then raise exception 'who are you'; end if;
  return jsonb_set(event, '{claims,plan}', '"pro"');
end $$"""


@pytest.fixture
async def project(database_dsn: str) -> AsyncIterator[Database]:
    database = await Database.connect(opening_of(database_dsn))
    await database.records(PROJECT, mode=Mode.COMMITTED)
    yield database
    await database.close()


async def asked(database: Database, sql: str, identity: Identity) -> str | None:
    async with database.open(Request(sql, identity=identity)) as result:
        return (await result.fetch())[0][0]


async def test_a_user_has_the_claims_of_his_token_and_no_secret(project: Database) -> None:
    ada = await resolve("ada@x.example", project)
    claims = ada.claim_values()
    assert claims["app_metadata"] == {"tenant": 7} and claims["sub"] == ADA and claims["role"] == "authenticated"
    assert "secret" not in ada.claims and "phone" not in claims
    assert (await resolve(ADA, project)) == ada, "by id or by address it is the same identity"
    assert [person.identity for person in await find_people(project, "ADA@")] == [ada]
    assert await find_people(project, "nobody") == []


async def test_the_pre_request_hook_runs_as_it_does_in_the_api(project: Database, database_dsn: str) -> None:
    name = (await project.records("select current_database() as n"))[0]["n"]
    await project.records(
        f"alter database {name} set pgrst.db_pre_request = 'public.check_request'", mode=Mode.COMMITTED
    )
    again = await Database.connect(opening_of(database_dsn))
    try:
        ada = await resolve("ada@x.example", again)
        assert await asked(again, "select current_setting('app.tenant')", ada) == "7"
        with pytest.raises(Failure, match="This key is blocked"):
            await asked(again, "select 1", Identity.from_claims('{"role": "authenticated", "blocked": 1}'))
    finally:
        await again.close()


async def test_the_token_hook_makes_the_claims_and_its_failure_is_said(project: Database) -> None:
    await project.records(HOOK, mode=Mode.COMMITTED)
    await project.records("revoke execute on function custom_access_token_hook from public", mode=Mode.COMMITTED)
    assert "plan" not in (await resolve("ada@x.example", project)).claim_values(), "the auth server may not call it"
    await project.records(
        "grant execute on function custom_access_token_hook to supabase_auth_admin", mode=Mode.COMMITTED
    )
    ada = await resolve("ada@x.example", project)
    assert ada.claim_values()["plan"] == "pro" and ada.label == "ada@x.example"
    assert (await PeopleBook(project).complete(ada)).claim_values()["plan"] == "pro"
    typed = Identity.authenticated("not-a-uuid")
    assert await with_token_hook(typed, project) == typed, "a sub of another provider has no user here"
    broken = HOOK.replace("create function", "create or replace function").replace("supabase_auth_admin'", "x'")
    await project.records(broken, mode=Mode.COMMITTED)
    with pytest.raises(Failure, match="hook custom_access_token_hook failed: Who are you"):
        await resolve("ada@x.example", project)


async def test_a_list_among_the_roles_settings_stays_a_list(project: Database, database_dsn: str) -> None:
    name = (await project.records("select current_database() as n"))[0]["n"]
    await project.records("create schema elsewhere", mode=Mode.COMMITTED)
    await project.records("create view elsewhere.found as select 'here' as at", mode=Mode.COMMITTED)
    await project.records("grant usage on schema elsewhere to anon", mode=Mode.COMMITTED)
    await project.records("grant select on elsewhere.found to anon", mode=Mode.COMMITTED)
    listed = f'alter role anon in database {name} set search_path = "$user", public, elsewhere'
    await project.records(listed, mode=Mode.COMMITTED)
    again = await Database.connect(opening_of(database_dsn))
    try:
        assert await asked(again, "select at from found", Identity.anon()) == "here"
        assert await asked(again, "show search_path", Identity.anon()) == '"$user", public, elsewhere'
    finally:
        await again.close()


async def test_roles_are_found_by_name_and_say_what_they_bypass(chatly_dsn: str) -> None:
    database = await Database.connect(opening_of(chatly_dsn))
    try:
        found = {person.identity.role: person for person in await find_roles(database, "service")}
        assert found["service_role"].belongs == "bypasses row policies"
        assert found["service_role"].identity == Identity.service_role()
    finally:
        await database.close()


@pytest.fixture
async def apart(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Database, str]]:
    """A boundary login of another name, so that the cluster's own is left alone."""
    login = f"imp_{uuid.uuid4().hex[:8]}"
    for module in ("chatly_console.server.impersonation", "chatly_console.policies.setup"):
        monkeypatch.setattr(f"{module}.BOUNDARY_LOGIN", login)
    monkeypatch.setattr(
        "chatly_console.policies.setup.load_sql",
        lambda room, name: load_sql(room, name).replace(BOUNDARY_LOGIN, login),
    )
    database = await Database.connect(opening_of(server.dsn("postgres"), boundary={"user": login}))
    yield database, login
    await database.close()
    connection = await asyncpg.connect(server.dsn("postgres"))
    await connection.execute(f"drop owned by {login}")
    await connection.execute(f"drop role if exists {login}")
    await connection.close()


async def test_setup_shows_creates_and_verifies_the_login(apart: tuple[Database, str], chatly_dsn: str) -> None:
    database, login = apart
    with pytest.raises(Failure, match="There is no login"):
        await verify(database)
    assert await database.strength(Identity.anon()) == Strength.ADVISORY
    assert login in boundary_script(database)
    assert "was verified" in await set_up(database, None)
    assert "was verified" in await set_up(database, None), "a second time changes nothing"
    again = await Database.connect(opening_of(chatly_dsn, boundary={"user": login}))
    try:
        assert await again.strength(Identity.anon()) == Strength.BOUNDARY
        assert await asked(again, "select session_user", Identity.anon()) == login
    finally:
        await again.close()


async def test_a_login_with_rights_of_its_own_is_refused(apart: tuple[Database, str]) -> None:
    database, login = apart
    await set_up(database, None)
    await database.records(f"grant usage on schema public to {login}", mode=Mode.COMMITTED)
    with pytest.raises(Failure, match="it has rights of its own"):
        await set_up(database, None)
    await database.records(f"alter role {login} bypassrls", mode=Mode.COMMITTED)
    with pytest.raises(Failure, match="bypasses row level security"):
        await verify(database)


def test_claims_are_the_same_text_for_the_same_user() -> None:
    user = {"id": "1", "email": "a@b.c", "app_metadata": {"b": 1, "a": 2}, "user_metadata": {}, "role": None}
    first, second = Identity.of_user(user), Identity.of_user(dict(reversed(user.items())))
    assert first == second and json.loads(first.claims)["app_metadata"] == {"a": 2, "b": 1}
    assert Identity.of_user({**user, "role": "editor"}).role == "editor"
