"""Sessions put together, found by a filter, and signalled to as a group; and a tree that drains."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatly_console.core.failure import Failure
from chatly_console.server.database import Database
from chatly_console.triage.activity import Session
from chatly_console.triage.blocking import blocking_tree
from chatly_console.triage.drain import Drain
from chatly_console.triage.filters import matches, seconds_of
from chatly_console.triage.groups import alike, grouped
from chatly_console.triage.service import read_rights, read_snapshot
from chatly_console.triage.signalling import signal_all
from chatly_console.triage.signals import before_group, reached_by
from tests.triage.incidents import Incident
from tests.triage.sessions import holder, waiter

API = [Session(n, "app", "chatly", "my api", state="active", query=f"select  {n}", query_s=1.0, query_id=7,
               transaction_s=float(n)) for n in (1, 2, 3)]  # fmt: skip
WEB = [Session(n, "web", "chatly", "web [/]", state="idle", state_s=9.0, query="select 'x'") for n in (4, 5)]


def test_groups_say_how_many_do_what_and_the_busiest_comes_first() -> None:
    stuck = replace(waiter(6, 1), application="web [/]", user="web")
    groups = grouped([*WEB, *API, stuck], "application")
    assert [(one.name, len(one.sessions), one.active, one.waiting) for one in groups] == [
        ("web [/]", 3, 0, 1), ("my api", 3, 3, 0),
    ]  # fmt: skip
    assert groups[1].oldest == 3.0
    assert [len(one.sessions) for one in grouped(API, "statement")] == [3], "by what the server calls the statement"
    assert [one.name for one in grouped([*API, stuck], "wait")] == ["lock", ""]


@pytest.mark.parametrize("by", ["application", "user", "database", "state", "statement"])
def test_a_group_opens_as_the_filter_that_finds_just_its_sessions(by: str) -> None:
    others = [Session(9, "apple", "chatly2", "my api 2", state="idle in transaction", query_id=77)]
    for group in grouped([*API, *others], by):
        found = [one for one in [*API, *others] if matches(one, group.needle)]
        assert found == list(group.sessions), group.needle


def test_names_with_blanks_are_filtered_in_quotes() -> None:
    assert matches(API[0], 'app:"my ap" user=app')
    assert not matches(API[0], 'app="my ap"')
    assert not matches(API[0], "app:my x")
    assert matches(replace(API[0], wait=waiter(1, 2).wait), "wait:lock")
    assert [seconds_of(text) for text in ("90", "1.5m", "2h", "soon")] == [90.0, 90.0, 7200.0, 0.0]


def test_what_a_session_has_in_common_with_others() -> None:
    found = {(one.by, len(one.sessions)) for one in alike(API[0], [*API, *WEB])}
    assert found == {("application", 3), ("user", 3), ("statement", 3), ("state", 3)}
    assert alike(WEB[0], [WEB[0]]) == []


def test_before_a_group_is_signalled_to_it_is_said_what_is_lost_and_idle_ones_are_left_out_of_a_cancel() -> None:
    assert reached_by([*API, *WEB, replace(API[0], pid=8, own=True)], "cancel") == API
    assert reached_by([*API, *WEB], "terminate") == [*API, *WEB]
    words = before_group([*API, *WEB], "terminate")
    assert words.startswith("3 active, 2 idle.") and "3 open transactions" in words and "(pid 3)" in words
    assert "None has an open transaction" in before_group(WEB, "terminate")


def test_a_tree_drains_until_nobody_of_it_waits() -> None:
    waiting = [waiter(2, 1), waiter(3, 2), waiter(4, 1)]
    drain = Drain.of(blocking_tree([holder(1), *waiting])[0], 100.0)
    drain.saw([waiting[0], Session(3), Session(4)], 100.4)
    assert (drain.left, drain.is_over, drain.words(100.4)) == (1, False, "draining: 3 → 1 wait, 0.4 s")
    drain.saw([Session(2), waiter(77, 5)], 101.2)
    assert drain.words(500.0) == "The tree of pid 1 drained in 1.2 s: 3 sessions waited, all go on."


def test_a_tree_that_does_not_drain_is_not_watched_for_ever() -> None:
    drain = Drain.of(blocking_tree([holder(1), waiter(2, 1)])[0], 0.0)
    drain.saw([waiter(2, 7)], 30.0)
    assert drain.is_over and drain.words(30.0) == "Of the 1 session behind pid 1 1 wait still after 30 s."


async def test_a_group_is_cancelled_one_by_one_and_whoever_has_gone_is_not_missed(
    database: Database, made: Incident, tmp_path: Path
) -> None:  # fmt: skip
    await made.session("holder", "begin", "create table taken (id int)")
    holder_pid = made.pids["holder"]
    await made.connections["holder"].execute("commit; begin; lock table taken")
    for name in ("app-1", "app-2", "app-3"):
        await made.wait_on(name, "select * from taken")
    sessions = [one for one in (await read_snapshot(database)).sessions if one.application.startswith("app-")]
    assert sessions[0].backend_start is not None
    other = replace(sessions[0], backend_start=sessions[0].backend_start - timedelta(seconds=1))
    rights, log = await read_rights(database), tmp_path / "log"
    outcome = await signal_all(database, [*sessions[1:], other], "cancel", rights, log)
    assert outcome == "Cancel was sent to 2 of 3 sessions. 1 had ended before."
    assert [json.loads(line)["verb"] for line in log.read_text().splitlines()] == ["cancel"] * 3
    outcome = await signal_all(database, sessions, "terminate", rights, log)
    assert outcome == "The end was sent to 3 of 3 sessions."
    left = [one.pid for one in (await read_snapshot(database)).sessions]
    assert holder_pid in left


async def test_a_group_that_may_not_be_signalled_to_is_refused_with_the_reason_once(
    database: Database, tmp_path: Path
) -> None:
    sessions = [Session(1, backend_start=None), Session(2, backend_start=None)]
    rights = await read_rights(database)
    outcome = await signal_all(database, sessions, "cancel", rights, tmp_path / "log")
    assert outcome.startswith("Cancel was sent to 0 of 2 sessions.") and outcome.count("refused") == 2
    with pytest.raises(Failure, match="concealed"):
        await signal_all(database, sessions[:1], "cancel", rights, tmp_path / "log")
