"""Running as somebody else: what is seen, what is applied, and that nothing typed gets out of it."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity, Strength
from chatly_console.core.request import Mode, Request
from chatly_console.server.database import Database
from chatly_console.server.impersonation import BOUNDARY_LOGIN

from .conftest import opening_of

BOTH = pytest.mark.parametrize("chatly", [Strength.BOUNDARY, Strength.ADVISORY], indirect=True)

WAYS_OUT = (
    "reset role",
    "set role none",
    "set role postgres",
    "set local role postgres",
    "set session authorization postgres",
    "set session authorization default",
    "reset session authorization",
    "reset all",
    "discard all",
    "commit",
    "rollback",
    "begin",
    "savepoint a",
    "rollback to savepoint a",
    "prepare transaction 'x'",
    "reset role; select count(*) from public.messages",
    "commit; select count(*) from public.messages",
    "do $$ begin reset role; end $$",
    "do $$ begin set local role none; perform count(*) from public.messages; set local role authenticated; end $$",
    "do $$ begin perform set_config('role', 'postgres', true); end $$",
    "select set_config('role', 'none', true), count(*) from public.messages",
    "select set_config('role', 'postgres', false)",
    "select set_config('request.jwt.claims', '{\"sub\":\"0\",\"role\":\"service_role\"}', true)",
    "select set_config('request.jwt.claim.sub', (select id::text from auth.users limit 1), true)",
    "select * from ts_stat('select to_tsvector(body) from public.messages')",
    "select U&\"set\\005fconfig\"('role', 'none', true)",
    "prepare way_out as select count(*) from public.messages",
    "execute way_out",
    "declare way_out cursor with hold for select * from public.messages",
    "copy public.messages to stdout",
    "copy (select 1) to program 'true'",
    "copy public.messages from program 'true'",
    "select pg_read_file('/etc/passwd')",
    "select lo_import('/etc/passwd')",
    "select lo_export(1, '/dev/null')",
    "set role service_role",
    "set local row_security to off",
    "set session_replication_role to replica",
    "create temp table mine as select * from public.messages",
    "create function pg_temp.out() returns bigint language sql security definer as 'select count(*) from messages'",
    "listen way_out",
    "notify way_out, 'x'",
    "select * from dblink('dbname=chatly', 'select count(*) from public.messages') as t (n bigint)",
    "select query_to_xml('select count(*) from public.messages', true, true, '')",
    "select lo_create(0) * 0",
    "select count(*) from pg_largeobject",
    "explain analyze select set_config('role', 'none', true)",
    "create temp view mine as select * from public.messages",
    "create temp table t (n int); select count(*) from public.messages",
    "with s as (select set_config('role', 'none', true)) select count(*) from public.messages, s",
    "select count(*) from public.messages where current_setting('role') = set_config('role', 'none', true)",
    "lock table public.messages",
    "call missing()",
    "security label on table public.messages is 'x'",
    "alter role authenticated bypassrls",
    "grant pg_read_all_data to authenticated",
    "load 'auto_explain'",
    "savepoint a; reset role; rollback to savepoint a; select count(*) from public.messages",
    "fetch all from way_out",
    "select count(*) from private.client_ids('owner')",
    "select count(*) from private.agent_conversation_ids()",
    """do $do$ begin
      create temp table caused (n int);
      create function pg_temp.told() returns trigger language plpgsql as $f$ begin
        perform set_config('role', 'none', true);
        raise exception '% rows', (select count(*) from public.messages);
      end $f$;
      create constraint trigger late after insert on caused deferrable initially deferred
        for each row execute function pg_temp.told();
      insert into caused values (1);
      set constraints all immediate;
    end $do$""",
    """do $do$ begin
      perform set_config('role', 'postgres', true);
      raise exception '% rows', (select count(*) from public.messages);
    end $do$""",
    "create temp table kept on commit preserve rows as select 1; reset role; table public.messages",
    "select lo_get(oid) from pg_largeobject_metadata",
    "select pg_notify('way_out', (select body from public.messages limit 1)), null from (values (1)) v where false",
)  # fmt: skip


@pytest.fixture
async def chatly(chatly_dsn: str, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """The demo's database, with or without the boundary login."""
    strength = getattr(request, "param", Strength.BOUNDARY)
    boundary: dict[str, Any] | None = {"user": BOUNDARY_LOGIN} if strength == Strength.BOUNDARY else None
    database = await Database.connect(opening_of(chatly_dsn, boundary=boundary))
    assert await database.strength(Identity.anon()) == strength, database.no_boundary_because
    yield database
    await database.close()


async def one(database: Database, sql: str, identity: Identity, mode: Mode = Mode.ROLLED_BACK) -> str | None:
    async with database.open(Request(sql, identity=identity, mode=mode)) as result:
        rows = await result.fetch()
        return rows[0][0] if rows else None


async def user(database: Database, email: str) -> Identity:
    sub = await one(database, f"select id from auth.users where email = '{email}'", LOGIN)
    assert sub
    return Identity.authenticated(sub, email)


def test_at_least_thirty_ways_are_tried_and_every_one_that_is_known_by_name() -> None:
    named = ["reset role", "set role", "select set_config", "do $$", "commit", "rollback to", "security definer"]
    named += [
        "set session authorization",
        "deferrable",
        "prepare",
        "with hold",
        "create temp",
        "; select",
        "to program",
    ]
    named += ["lo_import", "dblink", "listen", "notify"]
    assert len(set(WAYS_OUT)) >= 30
    assert [words for words in named if not any(words in way for way in WAYS_OUT)] == []


@BOTH
async def test_each_user_sees_his_own_rows(chatly: Database) -> None:
    count = "select count(*) from public.conversations"
    everything = int(await one(chatly, count, LOGIN) or 0)
    ada, ben = await user(chatly, "ada@nordlicht.example"), await user(chatly, "ben@miro.example")
    seen_by_ada, seen_by_ben = int(await one(chatly, count, ada) or 0), int(await one(chatly, count, ben) or 0)
    assert 0 < seen_by_ada < everything
    assert 0 < seen_by_ben < everything
    bens = f"select platform_client_id from public.client_members where user_id = '{ben.subject}'"
    shared = f"select count(*) from public.conversations where platform_client_id in ({bens})"
    assert await one(chatly, shared, ada) == "0"
    assert await one(chatly, count, Identity.anon()) == "0"


@BOTH
async def test_the_server_says_who_is_asking(chatly: Database, request: pytest.FixtureRequest) -> None:
    ada = await user(chatly, "ada@nordlicht.example")
    assert await one(chatly, "select current_user || ' ' || auth.uid()", ada) == f"authenticated {ada.subject}"
    async with chatly.open(Request("select session_user", identity=ada)) as result:
        login = (await result.fetch())[0][0]
        assert (result.strength, login) in ((Strength.BOUNDARY, "chatly_imp"), (Strength.ADVISORY, "postgres"))
    assert await one(chatly, "select auth.uid()", LOGIN) is None


@BOTH
async def test_the_roles_own_settings_and_the_request_apply(chatly: Database) -> None:
    assert await one(chatly, "show statement_timeout", Identity.anon()) == "3s"
    ada = await user(chatly, "ada@nordlicht.example")
    assert await one(chatly, "show statement_timeout", ada) == "8s"
    assert await one(chatly, "select current_setting('request.method')", ada, Mode.READ_ONLY) == "GET"


@BOTH
@pytest.mark.parametrize("sql", WAYS_OUT)
async def test_no_way_out_reads_a_foreign_row(chatly: Database, sql: str) -> None:
    """Each is refused, or detected and thrown away, or sees no more than the user may; and leaves nothing behind."""
    walter = await user(chatly, "walter@nowhere.example")
    rows: list[Any] = []
    try:
        async with chatly.open(Request(sql, identity=walter, mode=Mode.ROLLED_BACK)) as result:
            rows = await result.fetch()
    except Failure as failure:
        assert failure.kind in (FailureKind.REFUSED, FailureKind.SQL), sql
        assert failure.sentence and not re.search("[1-9][0-9]* rows", failure.sentence), failure.sentence
    assert all(value in (None, "", "0") for row in rows for value in row), sql
    assert await one(chatly, "select count(*) from public.messages", walter) == "0"
    assert int(await one(chatly, "select count(*) from public.messages", LOGIN) or 0) > 0


async def test_a_deferred_trigger_runs_as_whoever_caused_it_and_never_where_nothing_is_kept(
    database_dsn: str,
) -> None:
    database = await Database.connect(opening_of(database_dsn))
    script = """do $$ begin
      perform pg_advisory_xact_lock(7120);
      if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
      create table told (who name); create table asked (id int);
      grant insert on told, asked to anon;
      create function tell() returns trigger language plpgsql
        as $f$ begin insert into told values (current_user); return null; end $f$;
      create constraint trigger tell after insert on asked deferrable initially deferred
        for each row execute function tell();
    end $$"""
    try:
        await database.records(script, mode=Mode.COMMITTED)
        for mode in (Mode.ROLLED_BACK, Mode.COMMITTED):
            request = Request("insert into asked values (1)", identity=Identity.anon(), mode=mode)
            async with database.open(request) as result:
                await result.finish()
        assert [row["who"] for row in await database.records("select who from told")] == ["anon"]
    finally:
        await database.close()


async def test_a_role_beyond_the_boundary_is_labelled_advisory(chatly: Database) -> None:
    assert await chatly.strength(Identity.anon()) == Strength.BOUNDARY
    assert await chatly.strength(Identity.service_role()) == Strength.ADVISORY
    assert int(await one(chatly, "select count(*) from public.messages", Identity.service_role()) or 0) > 0


@BOTH
async def test_a_statement_of_ours_is_prepared_as_somebody_and_held_to_what_he_may_run(chatly: Database) -> None:
    request = Request("", identity=Identity.anon(), settings=(("plan_cache_mode", "force_generic_plan"),))
    async with chatly.series(request) as series:
        await series.prepare("ours", "select relkind from pg_class where relname = $1")
        plan = await series.run("explain execute ours(null)")
    assert any("$1" in str(row[0]) for row in plan.rows)
    async with chatly.series(request) as series:
        with pytest.raises(Failure) as refused:
            await series.prepare("way_out", "select pg_read_file('/etc/passwd'), set_config('role', 'none', true)")
            await series.run("explain analyze execute way_out")
    assert refused.value.kind is not FailureKind.USAGE
    left = await chatly.records(
        "select count(*)::int as n from pg_prepared_statements where name in ('ours','way_out')"
    )
    assert left[0]["n"] == 0


async def test_a_login_that_may_do_more_is_not_called_a_boundary(
    chatly_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatly_console.server.impersonation.BOUNDARY_LOGIN", "postgres")
    database = await Database.connect(opening_of(chatly_dsn, boundary={"user": "postgres"}))
    try:
        assert await database.strength(Identity.anon()) == Strength.ADVISORY
        assert "it is a superuser" in database.no_boundary_because
    finally:
        await database.close()


async def test_an_unknown_role_is_a_sentence(chatly: Database) -> None:
    with pytest.raises(Failure) as caught:
        await one(chatly, "select 1", Identity.of_role("nobody here"))
    assert caught.value.sqlstate == "22023"
