"""Which state a migration is in, told from files and history alone."""

from pathlib import Path

import pytest

from chatly_console.migrations.history import History, HistoryEntry
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.status import State, compare


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "down").mkdir()
    for version, name, text in (
        ("20260101000000", "first", "-- chatly: idempotent\ncreate table a (i int);\ncreate index on a (i);\n"),
        ("20260102000000", "second", "create index concurrently b on a (i);"),
        ("20260103000000", "third", "drop table a;"),
    ):
        (tmp_path / f"{version}_{name}.sql").write_text(text)
    (tmp_path / "down" / "20260101000000_first.sql").write_text("drop table a;")
    (tmp_path / "notes.sql").write_text("select 1")
    return tmp_path


def states(folder: Path, *history: HistoryEntry) -> dict[str, State]:
    return {m.version[:8]: m.state for m in compare(read_folder(folder).files, History(history))}


def test_what_no_history_knows_is_pending(folder: Path) -> None:
    assert set(states(folder).values()) == {State.PENDING}


def test_a_gap_is_out_of_order_and_a_stranger_is_missing_here(folder: Path) -> None:
    found = states(folder, HistoryEntry("20260102000000"), HistoryEntry("20251231000000", "old"))
    assert found == {
        "20251231": State.MISSING,
        "20260101": State.OUT_OF_ORDER,
        "20260102": State.APPLIED,
        "20260103": State.PENDING,
    }


def test_a_file_that_changed_after_it_was_applied_is_told_from_the_statements(folder: Path) -> None:
    kept = ("create table a (i int);", "-- a comment\ncreate index on a (i)")
    assert states(folder, HistoryEntry("20260101000000", "first", kept))["20260101"] is State.APPLIED
    other = ("create table a (i bigint)", "create index on a (i)")
    assert states(folder, HistoryEntry("20260101000000", "first", other))["20260101"] is State.CHANGED


def test_a_file_says_how_it_runs_and_whether_there_is_a_way_back(folder: Path) -> None:
    first, second, _ = read_folder(folder).files
    assert first.down is not None and second.down is None
    assert first.up.in_transaction and not second.up.in_transaction
    assert [s.line for s in first.up.statements] == [2, 3]
