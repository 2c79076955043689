"""Reads the history of migrations as the Supabase CLI keeps it, whatever columns its version has."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chatly_console.migrations.files import read_folder
from chatly_console.migrations.status import HistoryEntry, Migration, compare
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

_PACKAGE = "chatly_console.migrations"


async def read_history(database: Database) -> list[HistoryEntry]:
    """What the database says was applied; empty where it keeps no history. Raises `Failure`."""
    known: Any = await database.records(load_sql(_PACKAGE, "has_history"))
    if not known[0]["known"]:
        return []
    rows: Sequence[Any] = await database.records(load_sql(_PACKAGE, "history"))
    return [_entry(row["entry"]) for row in rows]


async def read_status(database: Database, folder: Path) -> list[Migration]:
    """Every migration of the folder and the history, each with its state; raises `Failure`."""
    files = await asyncio.to_thread(read_folder, folder)
    history = await read_history(database)
    return await asyncio.to_thread(compare, files, history)


def _entry(row: dict[str, Any]) -> HistoryEntry:
    statements = row.get("statements")
    return HistoryEntry(row["version"], row.get("name"), None if statements is None else tuple(statements))
