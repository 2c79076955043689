"""Made incidents on a real server: what is seen, said, and done about it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from chatly_console.core.failure import Failure
from chatly_console.server.database import Database
from chatly_console.triage.activity import live_list
from chatly_console.triage.blocking import tree_lines
from chatly_console.triage.glance import glance
from chatly_console.triage.pulse import History
from chatly_console.triage.report import locks_json
from chatly_console.triage.service import (
    read_health,
    read_rights,
    read_snapshot,
    read_statements,
    read_texts,
    read_wraparound,
)
from chatly_console.triage.signalling import signal
from chatly_console.triage.verdicts import causes
from tests.server.conftest import opening_of
from tests.triage.incidents import Incident, incident, let_count, make_lock_chain

HOSTILE = "\x1b]0;owned\x07[/] \u202e"


@pytest.fixture
async def made(database_dsn: str) -> AsyncIterator[Incident]:
    async with incident(database_dsn) as made:
        yield made


async def test_a_chain_with_a_queued_alter_and_an_advisory_pair(database: Database, made: Incident) -> None:
    await make_lock_chain(made)
    snapshot = await read_snapshot(database)
    roots = [root for root in snapshot.roots if root.pid in made.pids.values()]
    names = {pid: name for name, pid in made.pids.items()}
    lines = [(line.branch, names[line.node.pid]) for line in tree_lines(roots)]
    assert lines == [
        ("", "app"), ("└ ", "migrator"), ("  ├ ", "reader-1"), ("  └ ", "reader-2"), ("", "holder"), ("└ ", "seeker"),
    ]  # fmt: skip
    assert [root.blocks for root in roots] == [3, 1]
    words = {names[line.node.pid]: line.node.wait.words for line in tree_lines(roots) if line.node.wait}
    assert words == {
        "migrator": "AccessExclusive on messages",
        "reader-1": "AccessShare on messages",
        "reader-2": "AccessShare on messages",
        "seeker": "advisory lock 77, 5",
    }
    assert roots[0].session is not None
    assert (roots[0].session.state, roots[0].session.query) == (
        "idle in transaction", "update messages set body = 'x' where id = 1",
    )  # fmt: skip
    history = History()
    history.add(snapshot.pulse)
    said = causes(glance(snapshot.sessions, snapshot.roots, history, None))[0].sentence
    assert f"pid {made.pids['app']} is idle in transaction and holds messages" in said
    document = json.loads(json.dumps(locks_json(roots)))
    assert document["roots"][0]["waiters"][0]["mode"] == "AccessExclusiveLock"
    assert document["roots"][0]["waiters"][0]["waiters"][0]["relation"] == "messages"


async def test_who_waits_for_a_row_is_told_which_table(database: Database, made: Incident) -> None:
    await make_lock_chain_of_rows(made)
    roots = (await read_snapshot(database)).roots
    root = next(root for root in roots if root.pid == made.pids["first"])
    words = [line.node.wait.words for line in tree_lines([root]) if line.node.wait]
    assert words == ["a row of things", "a row of things"]


async def make_lock_chain_of_rows(made: Incident) -> None:
    await made.connections["observer"].execute("create table things (id int); insert into things values (1)")
    await made.session("first", "begin", "update things set id = 1")
    await made.wait_on("second", "update things set id = 2")
    await made.wait_on("third", "update things set id = 3")


async def test_own_connections_are_known_and_hostile_names_are_harmless(database: Database, made: Incident) -> None:
    await made.session("x", f"set application_name to '{HOSTILE[:8]}'", "begin", f"select '{HOSTILE}'")
    sessions = live_list((await read_snapshot(database)).sessions)
    pids = [session.pid for session in sessions]
    assert made.pids["x"] in pids
    own = await database.records("select pg_backend_pid() as pid")
    assert own[0]["pid"] not in pids


async def test_cancel_and_terminate_reach_the_session_and_are_logged(
    database: Database, made: Incident, tmp_path: Path
) -> None:
    await make_lock_chain(made)
    rights, log = await read_rights(database), tmp_path / "state" / "actions.jsonl"
    sessions = {session.pid: session for session in (await read_snapshot(database)).sessions}
    said = await signal(database, sessions[made.pids["migrator"]], "cancel", rights, log)
    assert "Cancel was sent" in said
    with pytest.raises(asyncpg.QueryCanceledError):
        await made.waiting[0]
    await made.waiting[1]
    said = await signal(database, sessions[made.pids["app"]], "terminate", rights, log)
    assert said.endswith("has ended.")
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(one["verb"], one["pid"]) for one in entries] == [
        ("cancel", made.pids["migrator"]), ("terminate", made.pids["app"]),
    ]  # fmt: skip
    assert log.stat().st_mode & 0o077 == 0


async def test_another_session_with_the_same_pid_is_left_alone(
    database: Database, made: Incident, tmp_path: Path
) -> None:
    from dataclasses import replace
    from datetime import timedelta

    await made.session("app", "begin")
    sessions = {session.pid: session for session in (await read_snapshot(database)).sessions}
    target = sessions[made.pids["app"]]
    assert target.backend_start is not None
    earlier = replace(target, backend_start=target.backend_start - timedelta(seconds=1))
    with pytest.raises(Failure, match="has ended already"):
        await signal(database, earlier, "terminate", await read_rights(database), tmp_path / "log")
    assert await made.connections["app"].fetchval("select 1") == 1


async def test_poor_rights_are_said_with_the_grant_that_is_missing(
    database_dsn: str, made: Incident, tmp_path: Path
) -> None:
    observer = made.connections["observer"]
    await observer.execute(
        "do $$ begin create role triage_poor login; exception when duplicate_object or unique_violation then end $$;"
        "revoke pg_read_all_stats, pg_signal_backend from triage_poor;"
        "create schema stats; create extension pg_stat_statements schema stats; create sequence hidden"
    )
    await make_lock_chain(made)
    poor = await Database.connect(opening_of(database_dsn.replace("postgres@", "triage_poor@", 1)))
    try:
        rights = await read_rights(poor)
        assert "grant pg_read_all_stats to triage_poor" in rights.missing_for_activity
        snapshot = await read_snapshot(poor)
        root = next(root for root in snapshot.roots if root.pid == made.pids["app"])
        assert root.blocks == 3
        assert root.session is not None
        assert root.session.concealed
        with pytest.raises(Failure, match="grant usage on schema stats to triage_poor"):
            await read_statements(poor, rights)
        target = next(one for one in snapshot.sessions if one.pid == made.pids["app"])
        with pytest.raises(Failure, match="concealed"):
            await signal(poor, target, "cancel", rights, tmp_path / "log")
        assert any("grant select" in one for one in (await read_health(poor, "triage_poor")).missing)
        await observer.execute("grant pg_read_all_stats to triage_poor")
        target = next(one for one in (await read_snapshot(poor)).sessions if one.pid == made.pids["app"])
        with pytest.raises(Failure, match="superuser"):
            await signal(poor, target, "cancel", await read_rights(poor), tmp_path / "log")
        assert "refused" in (tmp_path / "log").read_text()
    finally:
        await poor.close()
        await observer.execute("drop role triage_poor")


async def test_statements_are_counted_with_their_texts(database: Database, made: Incident) -> None:
    observer = made.connections["observer"]
    assert "create extension" in (await read_rights(database)).missing_for_statements
    await observer.execute("create extension pg_stat_statements; create table unusual_name (id int)")
    await observer.execute("insert into unusual_name values (1)")
    for _ in range(3):
        await observer.fetch("select id from unusual_name where id > 0")
    rights = await read_rights(database)
    found = await read_statements(database, rights)
    texts = await read_texts(database, rights, [one.query_id for one in found.statements])
    mine = next(
        one for one in found.statements if "from unusual_name" in texts.get(one.query_id, "") and one.calls >= 3
    )
    assert mine.rows >= 3
    assert mine.user == "postgres"


async def test_health_names_what_is_broken(database: Database, made: Incident) -> None:
    observer = made.connections["observer"]
    await observer.execute(
        "create table bloated (id int) with (autovacuum_enabled = false);"
        "insert into bloated select 1 from generate_series(1, 2000)"
    )
    await observer.execute("update bloated set id = 2")
    with pytest.raises(asyncpg.UniqueViolationError):
        await observer.execute("create unique index concurrently broken on bloated (id)")
    await observer.execute('create table "Odd ""one" (id serial)')
    await observer.execute("""select setval('"Odd ""one_id_seq"', 2000000000)""")
    await let_count(observer)
    findings = {(one.kind, one.name): one for one in (await read_health(database, "postgres")).findings}
    assert findings["index", "public.broken"].level == "bad"
    assert "autovacuum is off here" in findings["table", "public.bloated"].words
    sequence = findings["sequence", 'public."Odd ""one_id_seq"']
    assert sequence.words.startswith("93.1% used up")


async def test_the_wraparound_of_a_fresh_server_is_near_nothing(database: Database) -> None:
    assert (await read_wraparound(database)).share < 0.01


@pytest.mark.pg17
async def test_postgresql_17_answers_everything_too(pg17_dsn: str) -> None:
    database = await Database.connect(opening_of(pg17_dsn))
    try:
        rights = await read_rights(database)
        assert (await read_snapshot(database)).pulse.connection_limit > 0
        assert (await read_wraparound(database)).database_bytes > 0
        found = await read_statements(database, rights)
        assert await read_texts(database, rights, [one.query_id for one in found.statements[:5]])
        await read_health(database, rights.login)
    finally:
        await database.close()
