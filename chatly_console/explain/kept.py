"""The history of plans: every one that was run is kept, with its statement and how it came about."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from chatly_console.core.classify import redact
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.build import build_plan
from chatly_console.explain.keys import keys_of
from chatly_console.explain.plan import Plan
from chatly_console.explain.service import PlanRun
from chatly_console.query.sqlite_file import SqliteFile
from chatly_console.query.state_folder import state_folder

T = TypeVar("T")

KEPT = 2_000
"""Plans that are kept; the oldest go first."""
LARGEST = 5_000_000
"""Characters of a plan that is kept."""

_SCHEMA = """
create table if not exists plan (
    id integer primary key, at text not null, profile text not null, database text not null, server text not null,
    identity text not null, mode text not null, analyzed integer not null, execution_ms real, runs integer not null,
    sql text not null, keys text not null, arguments text not null default '[]')
"""
_ADDED = "alter table plan add column arguments text not null default '[]'"
"""For files that were made before the values of parameters were kept."""
_COLUMNS = "id, at, profile, database, server, identity, mode, analyzed, execution_ms, runs, sql, arguments"


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """An entry of the history, without its plan. `execution_ms` is None where it was not run."""

    id: int
    at: datetime
    profile: str
    database: str
    server: str
    identity: str
    mode: str
    analyzed: bool
    execution_ms: float | None
    runs: int
    sql: str
    arguments: tuple[str | None, ...] = ()
    """The values of `$1 ...` that it was run with."""


class PlanStore:
    """The plans of all profiles of this user, newest first; the work is done on one thread of its own.

    All methods raise `Failure` where the disk refuses.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file = SqliteFile(lambda: path or state_folder() / "plans.sqlite", _prepare, "plans")

    async def add(self, run: PlanRun, *, profile: str) -> int:
        """Keep a plan, with the secrets in its texts made unreadable; returns its number."""
        return await self._do(lambda connection: _insert(connection, run, profile))

    async def search(self, words: str = "", *, limit: int = 200) -> list[KeptPlan]:
        """The newest plans whose statements hold all of `words`, newest first."""
        return await self._do(lambda connection: _search(connection, words, limit))

    async def before(self, run: PlanRun, number: int) -> KeptPlan | None:
        """The newest run before entry `number` of the same statement, by the same identity and in the same database."""
        return await self._do(lambda connection: _before(connection, run, number))

    async def load(self, number: int) -> Plan | None:
        """The plan of an entry; None where it is gone."""
        keys = await self._do(
            lambda connection: connection.execute("select keys from plan where id = ?", (number,)).fetchone()
        )
        return await asyncio.to_thread(_read, str(keys[0])) if keys else None

    async def close(self) -> None:
        """Finish what is being written and close the file."""
        await self._file.close()

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await self._file.do(work)
        except (sqlite3.Error, OSError) as error:
            raise Failure(f"The history of plans cannot be used: {error}.", FailureKind.USAGE) from error


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute(_SCHEMA)
    if "arguments" not in {column[1] for column in connection.execute("pragma table_info(plan)")}:
        connection.execute(_ADDED)


def _insert(connection: sqlite3.Connection, run: PlanRun, profile: str) -> int:
    keys = json.dumps(_redacted(keys_of(run.plan)), ensure_ascii=True)
    if len(keys) > LARGEST:
        return 0
    at = (run.at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    values = (
        at, profile, run.database, run.server_version, run.as_whom, run.mode.value, run.plan.analyzed,
        run.plan.execution_ms, len(run.times_ms), redact(run.sql), keys, json.dumps(run.arguments),
    )  # fmt: skip
    cursor = connection.execute(
        "insert into plan (at, profile, database, server, identity, mode, analyzed, execution_ms, runs, sql, keys,"
        " arguments) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        tuple(value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for value in values),
    )
    number = cursor.lastrowid or 0
    connection.execute("delete from plan where id <= ?", (number - KEPT,))
    return number


def _redacted(keys: dict[str, Any]) -> dict[str, Any]:
    return {**keys, "Query Text": redact(str(keys["Query Text"]))} if "Query Text" in keys else keys


def _search(connection: sqlite3.Connection, words: str, limit: int) -> list[KeptPlan]:
    conditions = " and ".join(["instr(lower(sql), lower(?)) > 0"] * len(words.split())) or "1"
    found = connection.execute(
        f"select {_COLUMNS} from plan where {conditions} order by id desc limit ?", [*words.split(), limit]
    )
    return [_entry(*row) for row in found]


def _before(connection: sqlite3.Connection, run: PlanRun, number: int) -> KeptPlan | None:
    found = connection.execute(
        f"select {_COLUMNS} from plan where id < ? and analyzed and execution_ms is not null"
        " and sql = ? and identity = ? and database = ? and arguments = ? order by id desc limit 1",
        (number, redact(run.sql), run.as_whom, run.database, json.dumps(run.arguments)),
    ).fetchone()
    return None if found is None else _entry(*found)


def _entry(
    number: int, at: str, profile: str, database: str, server: str, identity: str, mode: str, analyzed: int,
    execution_ms: float | None, runs: int, sql: str, arguments: str,
) -> KeptPlan:  # fmt: skip
    values = tuple(None if value is None else str(value) for value in json.loads(arguments))
    return KeptPlan(
        number, datetime.fromisoformat(at), profile, database, server, identity, mode, bool(analyzed), execution_ms,
        runs, sql, values,
    )  # fmt: skip


def _read(keys: str) -> Plan:
    return build_plan(json.loads(keys), source=keys)
