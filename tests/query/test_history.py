"""Every statement is remembered, and none of its passwords."""

import asyncio
import sqlite3
import stat
from pathlib import Path
from typing import cast

import pytest

from chatly_console.query.history import _SCHEMA, History, HistoryEntry, Outcome
from chatly_console.query.sqlite_file import _write_ahead


def entry(sql: str, profile: str = "p") -> HistoryEntry:
    return HistoryEntry(sql, profile, "chatly", "postgres", "read-only", Outcome.STARTED, 0.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


async def test_what_was_run_is_found_by_all_its_words_newest_first(path: Path) -> None:
    history = History(path)
    for sql in ("select * from Messages", "update messages set x = '100%'", "select 1", "select a_b from messages"):
        await history.add(entry(sql))
    assert [e.sql for e in await history.search("SELECT messages")] == [
        "select a_b from messages",
        "select * from Messages",
    ]
    assert [e.sql for e in await history.search("100%")] == ["update messages set x = '100%'"]
    assert [e.sql for e in await history.search("a_b")] == ["select a_b from messages"]
    assert [e.sql for e in await history.search(limit=1)] == ["select a_b from messages"]
    assert await history.search(profile="another") == []
    await history.close()


async def test_the_outcome_is_written_when_it_is_known_and_survives_closing(path: Path) -> None:
    history = History(path)
    number = await history.add(entry("delete from t"))
    await history.add(entry("select pg_sleep(100)"))
    await history.settle(number, Outcome.FAILED, 1.5, None, "permission denied")
    await history.close()
    again = History(path)
    sleeping, deleting = await again.search()
    assert (deleting.outcome, deleting.seconds, deleting.message) == (Outcome.FAILED, 1.5, "permission denied")
    assert sleeping.outcome == Outcome.STARTED
    await again.close()


async def test_passwords_are_not_on_disk_and_the_file_is_private(path: Path) -> None:
    history = History(path)
    number = await history.add(entry("alter role ada password 's3cret-one'"))
    await history.settle(number, Outcome.FAILED, 0, None, "could not connect to postgres://ada:s3cret-two@h/d")
    await history.add(entry("select dblink('host=h password=s3cret-three')"))
    files = list(path.parent.glob("history.sqlite*"))
    assert all(b"s3cret" not in file.read_bytes() for file in files)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    await history.close()
    assert b"s3cret" not in path.read_bytes()


async def test_two_consoles_append_at_once(path: Path) -> None:
    one, two = History(path), History(path)
    await asyncio.gather(*[h.add(entry(f"select {n}")) for n in range(30) for h in (one, two)])
    assert len(await one.search()) == 60
    await one.close()
    await two.close()


async def test_a_file_that_is_no_database_is_set_aside(path: Path) -> None:
    path.write_text("not a database at all, but somebody may want it back" * 50)
    history = History(path)
    await history.add(entry("select 1"))
    assert len(await history.search()) == 1
    assert history.set_aside is not None
    assert history.set_aside.read_text().startswith("not a database")
    await history.close()


async def test_hostile_text_is_kept_as_it_is(path: Path) -> None:
    history = History(path)
    sql = "select '\x1b]0;x\x07[/]\u202e', \ud800"
    await history.add(entry(sql))
    (found,) = await history.search("[/]")
    assert found.sql == sql.replace("\ud800", "?")
    await history.close()


async def test_a_history_of_before_is_indexed_and_short_words_are_found_too(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(_SCHEMA)
    connection.execute(
        "insert into statement (started, profile, database, identity, mode, outcome, seconds, message, sql)"
        " values ('2026-01-01T00:00:00+00:00', 'p', 'd', 'me', 'read-only', 'done', 0, '', 'select Grüße from a_bc')"
    )
    connection.commit()
    connection.close()
    history = History(path)
    await history.add(entry("select 2 from aXbc"))
    for words, count in (("grüße", 1), ("a_bc", 1), ("bc", 2), ("sel bc", 2), ("nothing", 0), ("%%%", 0), ('"', 0)):
        assert len(await history.search(words)) == count, words
    await history.close()


async def test_two_consoles_write_one_history(path: Path) -> None:
    one, other = History(path), History(path)
    await asyncio.gather(*(h.add(entry(f"select {i} as number")) for i in range(20) for h in (one, other)))
    assert len(await one.search("number")) == 40 == len(await other.search("number"))
    await one.close()
    await other.close()


class Refusing:
    """A connection that refuses a few times, for this reason."""

    def __init__(self, code: int, times: int) -> None:
        self.code, self.left, self.asked = code, times, 0

    def execute(self, sql: str) -> None:
        self.asked += 1
        if self.left:
            self.left -= 1
            error = sqlite3.OperationalError("refused")
            error.sqlite_errorcode = self.code
            raise error


def test_only_another_console_is_waited_for_and_no_full_disk() -> None:
    """Each statement is noted down before it runs: whoever waits here keeps it waiting."""
    busy, full = Refusing(sqlite3.SQLITE_BUSY, 2), Refusing(sqlite3.SQLITE_FULL, 1000)
    _write_ahead(cast(sqlite3.Connection, busy))
    assert busy.asked == 3
    with pytest.raises(sqlite3.OperationalError):
        _write_ahead(cast(sqlite3.Connection, full))
    assert full.asked == 1
