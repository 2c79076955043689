"""Writes the history as the Supabase CLI does, and our log; both only while it is our turn."""

import getpass
import json
import socket
from typing import Any

from chatly_console import __version__
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode
from chatly_console.migrations.asks import Asks
from chatly_console.migrations.events import Task
from chatly_console.migrations.files import Layout, MigrationFile, Script
from chatly_console.migrations.history import Direction, Outcome
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.tool_history import note_applied, note_reverted
from chatly_console.server.database import Database
from chatly_console.server.dedicated import Dedicated
from chatly_console.server.sql_files import load_sql

_PACKAGE = "chatly_console.migrations"


def client() -> str:
    """Who sits here: `ada@laptop`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


async def make_tables(session: Dedicated) -> None:
    """See to it that history and log are there; raises `Failure` where the login may not make them."""
    try:
        columns: Any = await session.records(load_sql(_PACKAGE, "has_columns"))
        await session.run("set client_min_messages = warning")
        if not {"version", "name", "statements"} <= set(columns[0]["columns"]):
            await session.run(load_sql(_PACKAGE, "history_table"))
        if not await session.records(load_sql(_PACKAGE, "has_log")):
            await session.run(load_sql(_PACKAGE, "log_table"))
        await session.run("reset client_min_messages")
    except Failure as failure:
        if failure.sqlstate == "42501":
            failure.hint = "Migrations are run by the database's owner (on Supabase: postgres)."
        raise


class Log:
    """Writes rows of the log about one task, or about a version without one."""

    def __init__(self, session: Dedicated, database: Database) -> None:
        self._session = session
        self._database = database

    async def write(self, task: Task, outcome: Outcome, **more: Any) -> None:
        """Add a row through the session, and so in its transaction."""
        await self._add(self._session, _row(task.file, task.way, task.script, outcome, more))

    async def write_apart(self, task: Task, outcome: Outcome, **more: Any) -> bool:
        """Add a row that is kept whatever becomes of the session; returns whether that was possible."""
        row = _row(task.file, task.way, task.script, outcome, more)
        try:
            if self._session.in_transaction:
                await self._session.run("rollback")
            await self._add(self._session, row)
        except Failure:
            try:
                await self._database.records(load_sql(_PACKAGE, "write_log"), json.dumps(row), mode=Mode.COMMITTED)
            except Failure:
                return False
        return True

    async def write_about(self, file: MigrationFile, direction: Direction, outcome: Outcome, **more: Any) -> None:
        """Add a row about a migration that did not run: a repair, a baseline."""
        await self._add(self._session, _row(file, direction, file.up, outcome, more))

    async def write_mark(self, version: str, name: str, direction: Direction, detail: dict[str, Any]) -> None:
        """Add a row about a migration of which no file is here."""
        about = {"version": version, "name": name, "direction": direction, "outcome": "done", "detail": detail}
        await self._add(
            self._session, {**about, "in_transaction": True, "client": client(), "app_version": __version__}
        )

    async def _add(self, asks: Asks, row: dict[str, Any]) -> None:
        await asks.records(load_sql(_PACKAGE, "write_log"), json.dumps(row))


def _row(
    file: MigrationFile, direction: Direction, script: Script, outcome: Outcome, more: dict[str, Any]
) -> dict[str, Any]:
    return {
        "version": file.version,
        "name": file.name,
        "direction": direction,
        "outcome": outcome,
        "in_transaction": script.in_transaction,
        "checksum": script.checksum,
        "statement_count": len(script.statements),
        "client": client(),
        "app_version": __version__,
        **more,
    }


async def record(session: Dedicated, task: Task, *, again: bool = False) -> None:
    """Put the file into the history, or take it out; in the session's transaction.

    `again` overwrites a row that is there already. A migration in one transaction must not: where somebody else
    recorded it meanwhile, it fails whole.
    """
    if task.way == "down":
        await forget(session, task.file.version, task.file.layout, task.file)
        return
    await record_applied(session, task.file, again=again)


async def record_applied(session: Dedicated, file: MigrationFile, *, again: bool) -> None:
    """The row of an applied migration, with its way back where the history has a column for it.

    Where another tool keeps the history of the folder, ours may have a row of a version that it has rolled back.
    """
    await note_applied(session, file)
    again = again or file.layout != "chatly"
    statements = json.dumps([statement.text for statement in file.up.statements])
    await session.records(
        load_sql(_PACKAGE, "record_again") if again else load_sql(_PACKAGE, "record_applied"),
        file.version,
        file.name,
        statements,
    )
    columns: Any = await session.records(load_sql(_PACKAGE, "has_columns"))
    if file.down is not None and "rollback" in columns[0]["columns"]:
        back = json.dumps([statement.text for statement in file.down.statements])
        await session.records(load_sql(_PACKAGE, "record_rollback"), file.version, back)


async def forget(session: Dedicated, version: str, layout: Layout, file: MigrationFile | None) -> None:
    """Take a version out of the history; in the session's transaction. Raises `Failure`."""
    before = None
    if layout == "golang-migrate":
        if file is None:
            raise Failure(
                "golang-migrate keeps only its newest version, and no file is here to tell which one came before.",
                FailureKind.REFUSED,
                hint="`migrate force VERSION` of golang-migrate sets it.",
            )
        numbers = [int(other.version) for other in read_folder(file.path.parent).files]
        before = max((number for number in numbers if number < int(version)), default=None)
    await note_reverted(session, layout, version, before)
    await session.records(load_sql(_PACKAGE, "forget_applied"), version)
