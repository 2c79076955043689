"""Reads the history of migrations as the Supabase CLI keeps it, whatever columns its version has, and our log."""

import asyncio
from pathlib import Path
from typing import Any

from chatly_console.core.failure import Failure
from chatly_console.migrations.history import History, history_entry, log_entry
from chatly_console.migrations.layouts import read_folder
from chatly_console.migrations.record import Asks
from chatly_console.migrations.status import Migration, compare
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

_PACKAGE = "chatly_console.migrations"


async def read_history(database: Asks) -> History:
    """What the database says was applied; empty where it keeps no history. Raises `Failure`."""
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
    return History(
        tuple(history_entry(row["entry"]) for row in entries), tuple(log_entry(row["entry"]) for row in log), remark
    )


async def read_status(database: Database, folder: Path) -> list[Migration]:
    """Every migration of the folder and the history, each with its state; raises `Failure`."""
    files = (await asyncio.to_thread(read_folder, folder)).files
    try:
        history = await read_history(database)
    except Failure as failure:
        if failure.sqlstate == "42501":
            failure.hint = "Ask for the right to read supabase_migrations, or connect as the database's owner."
        raise
    return await asyncio.to_thread(compare, files, history)
