"""The history that dbmate, goose or golang-migrate keeps: where a folder is laid out as theirs, theirs is what counts.

A run is written into it as that tool would, in the same transaction, so that both go on from the same place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chatly_console.migrations.asks import Asks
from chatly_console.migrations.files import Layout, MigrationFile
from chatly_console.migrations.history import History, HistoryEntry
from chatly_console.server.sql_files import load_sql

_PACKAGE = "chatly_console.migrations"
_TABLES: dict[Layout, tuple[str, frozenset[str]]] = {
    "dbmate": ("schema_migrations", frozenset({"version"})),
    "goose": ("goose_db_version", frozenset({"id", "version_id", "is_applied", "tstamp"})),
    "golang-migrate": ("schema_migrations", frozenset({"version", "dirty"})),
}
"""The name of each tool's table, and the columns by which it is told from another's of the same name."""


@dataclass(frozen=True, slots=True)
class ToolHistory:
    """What another tool says is applied; versions are numbers, since tools write them with and without zeros."""

    layout: Layout
    table: str
    """As SQL names it."""
    applied: Mapping[int, datetime | None] = field(default_factory=dict)
    newest: int | None = None
    """golang-migrate keeps only this one: every file up to it counts as applied."""
    dirty: int | None = None
    """golang-migrate began this version and has not come to its end."""


async def read_tool_history(asks: Asks, layout: Layout) -> ToolHistory | None:
    """The history of the tool with this layout; None where it has none here. Raises `Failure`."""
    table = await _table(asks, layout)
    if table is None:
        return None
    if layout == "dbmate":
        words = [row["version"] for row in await _rows(asks, "dbmate_history", table)]
        return ToolHistory(layout, table, {int(word): None for word in words if word.isdigit()})
    if layout == "goose":
        found = await _rows(asks, "goose_history", table)
        return ToolHistory(layout, table, {row["version_id"]: row["at"] for row in found if row["is_applied"]})
    found = await _rows(asks, "golang_history", table)
    if not found:
        return ToolHistory(layout, table)
    version, dirty = found[0]["version"], found[0]["dirty"]
    return ToolHistory(layout, table, {}, version - 1 if dirty else version, version if dirty else None)


def with_tool(history: History, tool: ToolHistory, files: Sequence[MigrationFile]) -> History:
    """Our history with the tool's versions in the place of ours; of those that we ran, what we know of them stays."""
    names = {int(file.version): file.version for file in files}
    ours = {int(entry.version): entry for entry in history.entries if entry.version.isdigit()}
    applied = dict(tool.applied)
    if tool.newest is not None:
        applied |= {number: None for number in names if number <= tool.newest}
        if tool.newest > 0 and tool.dirty is None:
            applied.setdefault(tool.newest, None)
    entries = []
    for number, at in sorted(applied.items()):
        known = ours.get(number)
        version = names.get(number, str(number))
        entries.append(
            HistoryEntry(version, known.name if known else None, known.statements if known else None, at, tool.layout)
        )
    dirty = "" if tool.dirty is None else names.get(max(tool.dirty, min(names, default=0)), str(tool.dirty))
    return History(tuple(entries), history.log, history.log_remark, f"{tool.layout}'s {tool.table}", dirty)


async def note_applied(asks: Asks, file: MigrationFile) -> None:
    """Write an applied file into its tool's history, which is made where it is missing. Raises `Failure`."""
    if file.layout == "chatly":
        return
    table = await _table(asks, file.layout) or await _make(asks, file.layout)
    await _write(asks, file.layout, table, int(file.version), file.version)


async def note_reverted(asks: Asks, layout: Layout, version: str, before: int | None = None) -> None:
    """Take a version out of its tool's history; `before` is the version that golang-migrate is at then, where there
    is one. Raises `Failure`."""
    table = await _table(asks, layout) if layout != "chatly" else None
    if table is None:
        return
    if layout == "dbmate":
        await asks.records(_sql("dbmate_forget", table), version)
    elif layout == "goose":
        await asks.records(_sql("goose_forget", table), int(version))
    else:
        at = await _rows(asks, "golang_history", table)
        if at and at[0]["version"] <= int(version):
            await asks.records(_sql("golang_forget", table))
            if before is not None:
                await asks.records(_sql("golang_record", table), before)


async def _write(asks: Asks, layout: Layout, table: str, number: int, version: str) -> None:
    if layout == "dbmate":
        await asks.records(_sql("dbmate_record", table), version)
    elif layout == "goose":
        await asks.records(_sql("goose_forget", table), number)
        await asks.records(_sql("goose_record", table), number)
    else:
        at = await _rows(asks, "golang_history", table)
        await asks.records(_sql("golang_forget", table))
        await asks.records(_sql("golang_record", table), max([number, *(row["version"] for row in at)]))


async def _table(asks: Asks, layout: Layout) -> str | None:
    name, wanted = _TABLES[layout]
    rows: list[Any] = await asks.records(load_sql(_PACKAGE, "tool_table"), name)
    if not rows:
        return None
    columns = set(rows[0]["columns"])
    fits = wanted <= columns and ("dirty" in columns) == ("dirty" in wanted)
    return str(rows[0]["name"]) if fits else None


async def _make(asks: Asks, layout: Layout) -> str:
    """The tool's table, with what our history has of the folder's versions already. Raises `Failure`."""
    name, _ = _TABLES[layout]
    table = f"public.{name}"
    makes = {"dbmate": "dbmate_table", "goose": "goose_table", "golang-migrate": "golang_table"}
    for statement in load_sql(_PACKAGE, makes[layout]).split(";\n"):
        if statement.strip():
            await asks.records(statement)
    known: list[Any] = await asks.records(load_sql(_PACKAGE, "history"))
    for row in known:
        version = row["entry"]["version"]
        if version.isdigit():
            await _write(asks, layout, table, int(version), version)
    return table


async def _rows(asks: Asks, name: str, table: str) -> list[Any]:
    rows: list[Any] = await asks.records(_sql(name, table))
    return rows


def _sql(name: str, table: str) -> str:
    return load_sql(_PACKAGE, name).replace("{table}", table)
