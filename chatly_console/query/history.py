"""Every statement that was run: when, where, as whom, and what came of it; searched as one types.

SQLite because two consoles append at once, a search over 100,000 entries takes milliseconds, and a crash leaves it
whole. The work is done on one thread of its own, so that a slow disk never holds up the screen.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chatly_console.core.classify import redact
from chatly_console.query.history_index import make_index, source_of
from chatly_console.query.sqlite_file import SqliteFile
from chatly_console.query.state_folder import state_folder

KEPT = 200_000
"""Entries that are kept; the oldest go first."""
LONGEST_SQL = 100_000
"""Characters of a statement that are kept; more is a load of data, not a thought to recall."""

_COLUMNS = "s.id, started, profile, database, identity, mode, outcome, seconds, rows, message, s.sql"
_SCHEMA = """
create table if not exists statement (
    id integer primary key, started text not null, profile text not null, database text not null,
    identity text not null, mode text not null, outcome text not null, seconds real not null,
    rows integer, message text not null, sql text not null)
"""


class Outcome:
    """What came of a statement, in the words of the history."""

    STARTED = "started"
    """It was sent; no more is known if the console ended before it did."""
    DONE = "done"
    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    """The connection broke: what became of it is not known."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One statement that was run. `rows` is None where no number is known; `message` is the error's sentence."""

    sql: str
    profile: str
    database: str
    identity: str
    mode: str
    outcome: str
    seconds: float
    rows: int | None = None
    message: str = ""
    started: datetime | None = None
    id: int = 0


class History:
    """The statements of all profiles of this user, newest first."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = SqliteFile(lambda: path or state_folder() / "history.sqlite", prepare, "history")

    @property
    def set_aside(self) -> Path | None:
        """Where a file went that could not be read."""
        return self._file.set_aside

    async def add(self, entry: HistoryEntry) -> int:
        """Append an entry, with the secrets in its text made unreadable; returns its number for `settle`."""
        return await self._file.do(lambda connection: _insert(connection, entry))

    async def settle(self, number: int, outcome: str, seconds: float, rows: int | None, message: str = "") -> None:
        """Write down what came of a statement that was added as started."""
        values = (outcome, seconds, rows, redact(message), number)
        sql = "update statement set outcome = ?, seconds = ?, rows = ?, message = ? where id = ?"
        await self._file.do(lambda connection: connection.execute(sql, values))

    async def search(self, words: str = "", *, profile: str | None = None, limit: int = 200) -> list[HistoryEntry]:
        """The newest entries that hold all of `words` (in any case), newest first."""
        return await self._file.do(lambda connection: _search(connection, words, profile, limit))

    async def close(self) -> None:
        """Finish what is being written and close the file."""
        await self._file.close()


def prepare(connection: sqlite3.Connection) -> None:
    """Make the table and its index of words where they are missing."""
    connection.execute(_SCHEMA)
    make_index(connection)


def _insert(connection: sqlite3.Connection, entry: HistoryEntry) -> int:
    started = (entry.started or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="milliseconds")
    values = (
        started, entry.profile, entry.database, entry.identity, entry.mode, entry.outcome,
        entry.seconds, entry.rows, redact(entry.message), redact(entry.sql[:LONGEST_SQL]),
    )  # fmt: skip
    cursor = connection.execute(
        "insert into statement (started, profile, database, identity, mode, outcome, seconds, rows, message, sql)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        tuple(value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for value in values),
    )
    number = cursor.lastrowid or 0
    if number % 1000 == 0:
        connection.execute("delete from statement where id <= ?", (number - KEPT,))
    return number


def _search(connection: sqlite3.Connection, words: str, profile: str | None, limit: int) -> list[HistoryEntry]:
    source, conditions, values = source_of(connection, words.split())
    if profile is not None:
        conditions.append("s.profile = ?")
        values.append(profile)
    where = f"where {' and '.join(conditions)}" if conditions else ""
    order = "w.rowid" if " w " in source else "s.id"
    sql = f"select {_COLUMNS} from {source} {where} order by {order} desc limit ?"
    found = connection.execute(sql, [*values, limit])
    return [_entry(row) for row in found]


def _entry(row: tuple[object, ...]) -> HistoryEntry:
    number, started, profile, database, identity, mode, outcome, seconds, rows, message, sql = row
    return HistoryEntry(
        sql=str(sql),
        profile=str(profile),
        database=str(database),
        identity=str(identity),
        mode=str(mode),
        outcome=str(outcome),
        seconds=float(str(seconds)),
        rows=None if rows is None else int(str(rows)),
        message=str(message),
        started=datetime.fromisoformat(str(started)),
        id=int(str(number)),
    )
