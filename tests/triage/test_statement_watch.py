"""Statements over a window and against their past, in memory and stored from one run of the console to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatly_console.core.dsn import parse_dsn
from chatly_console.core.private_file import file_of_profile
from chatly_console.server.database import Database
from chatly_console.server.own_statements import is_ours
from chatly_console.triage.counts import Counts
from chatly_console.triage.regressions import regressions, usual_means
from chatly_console.triage.service import read_rights, read_snapshot, read_statements, read_texts
from chatly_console.triage.statement_texts import read_top
from chatly_console.triage.statement_watch import OPENED, RESET, StatementWatch, Window
from chatly_console.triage.statements import Statement, since
from chatly_console.triage.stored_past import DAY, HOUR, StoredCount, read_past, with_count, write_past
from chatly_console.triage.verdicts import causes
from chatly_console.triage.watching import Watching
from tests.triage.incidents import Incident


def counted(number: int, calls: int, total_ms: float) -> Statement:
    return Statement((10, 5, number, True), "app", "chatly", calls, total_ms, calls, 0.0, 0, 0, 0, 0.0)


def by_key(*statements: Statement) -> dict[tuple[int, int, int, bool], Statement]:
    return {one.key: one for one in statements}


def test_any_window_of_the_last_hour_has_a_count_to_begin_with_and_memory_is_bounded() -> None:
    counts = Counts()
    for second in range(0, 7200, 10):
        counts.add(float(second), [counted(1, second, second * 2.0), counted(2, 1, 1.0)])
    assert len(counts.moments) <= 40
    for window in (60.0, 300.0, 900.0, 3600.0):
        began = counts.before(7190.0, window)
        assert began is not None and window <= 7190.0 - began[0] <= window * 1.1 + 60, window
    assert counts.first is not None and counts.first[0] == 0.0
    shared = [count[1][(10, 5, 2, True)] for count in counts._kept]
    assert all(one is shared[0] for one in shared), "what did not run takes no memory again"


def test_a_window_that_nothing_covers_begins_with_the_oldest_count() -> None:
    counts = Counts()
    assert counts.before(5.0, 60.0) is None
    counts.add(0.0, [])
    assert counts.before(5.0, 60.0) == (0.0, {})


def test_a_statement_is_slower_than_its_past_only_where_that_is_sure_and_costs_something() -> None:
    usual = {counted(n, 0, 0).key: 10.0 for n in (1, 2, 3)}
    window = [counted(1, 20, 2000.0), counted(2, 4, 4000.0), counted(3, 5, 110.0), counted(4, 50, 9000.0)]
    found = regressions(window, usual)
    assert [one.statement.query_id for one in found] == [1], "too few calls, too little lost, no past"
    assert (found[0].factor, found[0].extra_ms) == (10.0, 1800.0)


def test_the_past_is_that_since_the_oldest_stored_count_or_where_it_was_reset_that_before() -> None:
    old, newer = counted(1, 100, 100_000.0), counted(1, 200, 100_500.0)
    key = old.key
    now = by_key(counted(1, 300, 101_000.0))
    assert usual_means(now, [by_key(old), by_key(newer)])[key] == 5.0, "1,000 ms in the 200 calls since the oldest"
    reset = by_key(counted(1, 7, 7.0))
    assert usual_means(reset, [by_key(old), by_key(newer)])[key] == 502.5, "the counters began anew since"
    assert usual_means(now, [])[key] == 101_000.0 / 300
    assert usual_means(by_key(counted(1, 2, 9.0)), []) == {}


def test_what_is_stored_comes_back_and_is_thinned_with_age(tmp_path: Path) -> None:
    path = file_of_profile(tmp_path / "statements", "prod/eu", "db.example/chatly")
    assert path != file_of_profile(tmp_path / "statements", "prod/eu", "db.example/other")
    assert read_past(path) == []
    past: list[StoredCount] = []
    for hour in range(24 * 30):
        past = with_count(past, hour * HOUR, [counted(n, hour, hour * 1.0) for n in range(3)]) or past
    assert 24 + 12 <= len(past) <= 24 + 15 and past[-1].at == (24 * 30 - 1) * HOUR
    assert 13 * DAY <= past[-1].at - past[0].at <= 14 * DAY
    assert with_count(past, past[-1].at + 60, []) is None, "an hour apart at least"
    write_past(path, past)
    assert read_past(path) == past
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"counts": [{"at": "x"}]}', '{"counts": [{"at": 1, "statements": [[1]]}]}']
)
def test_a_file_that_is_none_of_ours_is_no_past(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert read_past(path) == []


def test_only_the_thousand_that_took_most_time_are_stored() -> None:
    found = with_count([], 0.0, [counted(n, 1, float(n)) for n in range(3000)])
    assert found is not None and len(found[0].counters) == 1000
    assert min(one.total_ms for one in found[0].counters.values()) == 2000.0


def test_counters_that_went_down_count_in_full() -> None:
    assert since(by_key(counted(1, 50, 500.0)), [counted(1, 2, 8.0)]) == [counted(1, 2, 8.0)]


@pytest.mark.parametrize("version", ["1.8", "1.9", "1.10", "1.11", "1.12"])
async def test_every_version_of_the_extension_is_read(database: Database, made: Incident, version: str) -> None:
    observer = made.connections["observer"]
    offered = "select exists (select from pg_available_extension_versions where (name, version) = ($1, $2))"
    if not await observer.fetchval(offered, "pg_stat_statements", version):
        pytest.skip(f"this server does not offer version {version}")
    await observer.execute(f"create extension pg_stat_statements version '{version}'")
    await observer.execute(f"create table of_version_{version.replace('.', '_')} (id int)")
    await observer.fetch(f"select id from of_version_{version.replace('.', '_')}")
    rights = await read_rights(database)
    assert rights.statements_version == version
    found = await read_statements(database, rights)
    texts = await read_texts(database, rights, [one.query_id for one in found.statements])
    mine = [one for one in found.statements if texts.get(one.query_id, "").startswith("select id from of_version_")]
    assert mine and mine[0].calls >= 1 and mine[0].io_ms >= 0


async def test_a_statement_that_became_slow_is_named_by_the_first_glance_and_stays_known_over_a_restart(
    database: Database, made: Incident, tmp_path: Path
) -> None:  # fmt: skip
    observer = made.connections["observer"]
    await observer.execute("create extension pg_stat_statements; create table watched (id int)")
    now, wall, path = [0.0], [1e9], tmp_path / "past.json"

    def begin() -> Watching:
        statements = StatementWatch(clock=lambda: now[0], wall=lambda: wall[0], file=path)
        return Watching(clock=lambda: now[0], statements=statements)

    async def run(seconds: float) -> None:
        for _ in range(6):
            await observer.fetch(f"select count(*), pg_sleep({seconds}) from watched")

    first = begin()
    await run(0.001)
    await first.tick(database, "statements")
    assert not first.statements.slower and first.statements.windows == [OPENED, RESET]
    await run(0.05)
    now[0] += 61.0
    await first.tick(database, "statements")
    said = next(one for one in causes(first.verdicts) if one.name == "slower")
    assert "times slower than usual" in said.sentence and "pg_sleep" in said.sentence and said.view == "statements"
    first.statements.order = "slower"
    assert [one.calls for one in first.statements.top() if "watched" in one.query] == [6]
    assert first.statements.windows[0] == Window("seconds", 60.0)

    wall[0] += 3 * HOUR
    second = begin()
    await second.tick(database, "statements")
    stored = [one for one in second.statements.windows if one.kind == "stored"]
    assert len(stored) == 1 and "3h00 ago" in second.statements.words(stored[0])
    second.statements.window = stored[0]
    await second.tick(database, "statements")
    assert [one.calls for one in second.statements.top() if "from watched" in one.query] == [6], "since that moment"
    assert len(read_past(path)) == 2


async def test_the_consoles_own_statements_are_shown_only_if_asked_for(database: Database, made: Incident) -> None:
    observer = made.connections["observer"]
    await observer.execute("create extension pg_stat_statements; create table theirs (id int)")
    watching = Watching(statements=StatementWatch(order="calls"))
    for _ in range(3):
        await watching.tick(database, "statements")
        await observer.fetch("select id from theirs")
        watching.hurry()
    await watching.tick(database, "statements")

    name = parse_dsn(made.dsn).database

    def queries(own: bool) -> list[str]:
        return [one.query for one in watching.statements.top(own=own) if one.database == name]

    assert any("pg_catalog.pg_blocking_pids" in one for one in queries(True)), "the sessions"
    assert any("pg_stat_statements(" in one for one in queries(True)), "its schema is written into it"
    assert "select id from theirs" in queries(False)
    assert [one for one in queries(False) if "pg_catalog." in one] == []
    assert watching.statements.slower == []


async def test_what_the_consoles_own_leave_room_for_is_shown_with_its_text(database: Database, made: Incident) -> None:
    observer = made.connections["observer"]
    await observer.execute("create extension pg_stat_statements; create table theirs (id int)")
    await observer.fetch("select id from theirs")
    for _ in range(20):
        await read_snapshot(database)
    rights, name = await read_rights(database), parse_dsn(made.dsn).database
    counted = [one for one in (await read_statements(database, rights)).statements if one.database == name]
    all_of_them, theirs = [await read_top(database, rights, counted, "calls", 6, own=own) for own in (True, False)]
    assert any(is_ours(one.query) for one in all_of_them)
    assert len(theirs) == 6 and all(one.query and not is_ours(one.query) for one in theirs)
