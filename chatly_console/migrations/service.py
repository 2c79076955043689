"""Reads the history of migrations as the Supabase CLI keeps it, whatever columns its version has, and our log."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from chatly_console.core.failure import Failure
from chatly_console.migrations.asks import Asks
from chatly_console.migrations.events import Task
from chatly_console.migrations.files import MigrationFile
from chatly_console.migrations.forecast import FileForecast, TableFacts, forecast, names_in
from chatly_console.migrations.history import History, history_entry, log_entry
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.status import Migration, compare
from chatly_console.migrations.tool_history import read_tool_history, with_tool
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

_PACKAGE = "chatly_console.migrations"


async def read_history(database: Asks, files: Sequence[MigrationFile] = ()) -> History:
    """What the database says was applied; empty where it keeps no history. Raises `Failure`.

    Where `files` are laid out as another tool's and its history is here, that is what counts.
    """
    columns: Any = await database.records(load_sql(_PACKAGE, "has_columns"))
    entries: list[Any] = []
    if "version" in columns[0]["columns"]:
        entries = await database.records(load_sql(_PACKAGE, "history"))
    known: list[Any] = await database.records(load_sql(_PACKAGE, "has_log"))
    log: list[Any] = []
    remark = ""
    if known and known[0]["known"]:
        if known[0]["readable"]:
            log = await database.records(load_sql(_PACKAGE, "log"))
        else:
            remark = "This login may not read chatly_migrations.log: who applied what is not known."
    history = History(
        tuple(history_entry(row["entry"]) for row in entries), tuple(log_entry(row["entry"]) for row in log), remark
    )
    layout = files[0].layout if files else "chatly"
    tool = await read_tool_history(database, layout) if layout != "chatly" else None
    return history if tool is None else with_tool(history, tool, files)


async def read_status(database: Database, folder: Path) -> list[Migration]:
    """Every migration of the folder and the history, each with its state; raises `Failure`."""
    files = (await asyncio.to_thread(read_folder, folder)).files
    try:
        history = await read_history(database, files)
    except Failure as failure:
        if failure.sqlstate == "42501":
            failure.hint = "Ask for the right to read the history of migrations, or connect as the database's owner."
        raise
    return await asyncio.to_thread(compare, files, history)


async def read_tables(database: Database, names: Iterable[str]) -> dict[str, TableFacts]:
    """Size and column types of those of these relations that are there. Raises `Failure`."""
    rows: list[Any] = await database.records(load_sql(_PACKAGE, "tables"), json.dumps(sorted(names)))
    return {
        row["name"]: TableFacts(row["kind"], row["rows"], row["bytes"], row["index_bytes"], row["types"] or {})
        for row in rows
    }


async def read_forecast(database: Database, tasks: Sequence[Task]) -> list[FileForecast]:
    """What these files would do to this database as it is now. Raises `Failure`."""
    names = await asyncio.to_thread(names_in, [task.script for task in tasks])
    return await asyncio.to_thread(forecast, tasks, await read_tables(database, names))
