"""Incidents on record: what was seen comes back as it was, and becomes a time line that people can read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatly_console.cli import main
from chatly_console.core.failure import Failure
from chatly_console.server.database import Database
from chatly_console.triage.activity import Session, Wait
from chatly_console.triage.blocking import Prepared
from chatly_console.triage.incident import Recorder, looks_of, place_of, read_incident
from chatly_console.triage.pulse import Pulse, Wraparound
from chatly_console.triage.replay import Replay
from chatly_console.triage.timeline import timeline
from tests.query.stage import session_without_server, until
from tests.triage.incidents import Incident, incident, make_lock_chain
from tests.triage.test_pane import Stage, seen

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOSTILE = "select '[/] \x1b]0;owned\x07 | ``` <script>'"
CALM = Pulse(0.0, 9000.0, 100, 3, 5, 10, 0, 1000, 10, 0, 0, 0, 0, False, None, 0, None, None, 0, None)
HOLDER = Session(11, "app", "chatly", "api", "10.0.0.1", backend_start=NOON, state="idle in transaction",
                 query=HOSTILE, transaction_s=200.0, state_s=180.0)  # fmt: skip
WAITER = Session(12, "app", "chatly", backend_start=NOON, state="active", query="update t set a = 1", query_s=60.0,
                 transaction_s=60.0, wait=Wait((11,), "relation", "AccessExclusiveLock", 60.0, "messages"))  # fmt: skip


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def pulse(seconds: float) -> Pulse:
    values = {name: getattr(CALM, name) for name in Pulse.__dataclass_fields__}
    return Pulse(**{**values, "at": seconds})


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    recorder = Recorder(tmp_path / "made" / "night.incident.jsonl", "prod db.example/chatly")
    recorder.look([], [], pulse(0), Wraparound("chatly", 5, 5, 200_000_000, 1), at(0))
    recorder.look([HOLDER, WAITER], [Prepared("x", "7", "app", 3.0)], pulse(10), None, at(10))
    recorder.note("api was restarted | by hand", at(15))
    recorder.look([HOLDER, WAITER], [], pulse(20), None, at(20))
    recorder.look([], [], pulse(30), None, at(30))
    assert recorder.looks == 4
    return recorder.path


def test_what_was_seen_comes_back_as_it_was(recorded: Path) -> None:
    moments = read_incident(recorded)
    assert [moment.note for moment in moments if moment.note] == ["api was restarted | by hand"]
    second = looks_of(moments)[1]
    assert second.sessions == (HOLDER, WAITER)
    assert second.prepared == (Prepared("x", "7", "app", 3.0),)
    assert second.pulse == pulse(10) and second.at == at(10)
    assert recorded.stat().st_mode & 0o777 == 0o600


def test_a_record_that_ends_in_the_middle_of_a_line_is_read_up_to_there(recorded: Path) -> None:
    whole = recorded.read_text()
    recorded.write_text(whole[: len(whole) - 30])
    assert len(looks_of(read_incident(recorded))) == 3


@pytest.mark.parametrize("text", ['{"at": 3}\n', "nonsense\n", '{"at": "2026-05-04T12:00:00+00:00"}\n[]\n'])
def test_what_is_no_record_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(Failure, match="line 1: this is no record"):
        read_incident(path)
    with pytest.raises(Failure, match="cannot be read"):
        read_incident(tmp_path)


def test_the_time_line_says_when_trouble_began_and_ended_and_cannot_be_broken_by_a_statement(recorded: Path) -> None:
    text = timeline(read_incident(recorded))
    assert text.startswith("# Incident on prod db.example/chatly\n\n2026-05-04 12:00:00 to 12:00:30 UTC, 30 s, 4 looks")
    rows = [line for line in text.splitlines() if line.startswith("| 12:")]
    assert rows[0].startswith("| 12:00:10 | ✗ ") and "pid 11" in rows[0]
    assert any(line == r"| 12:00:15 | note: api was restarted \| by hand |" for line in rows)
    assert any(line.startswith("| 12:00:30 | ✓ over after 20 s") for line in rows)
    assert "## Who blocked whom at 12:00:10" in text
    block = text.partition("```")[2]
    assert block.count("```") == 1 and "\x1b" not in text, "the hostile statement neither ends the block nor escapes"
    with pytest.raises(Failure, match="no look"):
        timeline([])


def test_a_replay_steps_through_the_looks_with_their_notes(recorded: Path) -> None:
    replay = Replay(read_incident(recorded))
    assert "replay 1 of 4" in replay.words and "note" not in replay.words
    replay.step(2)
    assert "replay 3 of 4" in replay.words and "note: api was restarted" in replay.words
    assert replay.watching.snapshot is not None and replay.watching.snapshot.roots[0].pid == 11
    replay.step(99)
    assert "replay 4 of 4" in replay.words and not replay.watching.snapshot.roots


def test_the_command_prints_the_time_line(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["triage", "--report", str(recorded)]) == 0
    assert "# Incident on prod" in capsys.readouterr().out
    assert main(["triage", "locks", "--record", str(recorded)]) == 2


@pytest.fixture
async def made(database_dsn: str) -> AsyncIterator[Incident]:
    async with incident(database_dsn) as made:
        yield made


async def test_a_real_incident_is_recorded_noted_and_gone_through_with_the_keys(
    database: Database, made: Incident, tmp_path: Path
) -> None:
    await make_lock_chain(made)
    session = session_without_server()
    session.database = database
    stage = Stage(session, tmp_path)
    async with stage.run_test(size=(120, 40)) as pilot:
        await seen(stage, "idle in transaction")
        await pilot.press("R")
        await until(lambda: stage.pane.watching.recorder is not None)
        await until(lambda: (stage.pane.watching.recorder or Recorder(tmp_path, "")).looks > 0, 20)
        await pilot.press("n")
        await until(lambda: len(stage.screen_stack) == 2)
        await pilot.press(*"restarted api", "enter")
        await until(lambda: "Noted." in stage.said)
        await pilot.press("R", "E")
        await until(lambda: any("time line is in" in words for words in stage.said))
        report = next((tmp_path / "incidents").glob("*.md")).read_text()
        assert "note: restarted api" in report and "Who blocked whom" in report
        await pilot.press("T")
        await until(lambda: len(stage.screen_stack) == 2)
        await pilot.press("enter")
        await until(lambda: "replay 1 of" in stage.text("#triage-title"))
        await pilot.press("b", "right", "x")
        await seen(stage, "└")
        assert len(stage.screen_stack) == 1, "nobody is cancelled in a replay"
        await pilot.press("T")
        await until(lambda: "not impersonated" in stage.text("#triage-title"))


def test_a_record_names_its_server_once() -> None:
    assert place_of("prod", "db.example", "chatly") == "prod db.example/chatly"
    assert place_of("db.example/chatly", "db.example", "chatly") == "db.example/chatly"
