"""What a statement outside of a transaction leaves behind when it is interrupted, and whether it was done after all.

Between such a statement and the note that it is done anything may be cut off: then the catalogue is asked.
"""

from dataclasses import dataclass
from typing import Any

from chatly_console.core.classify.words import Words
from chatly_console.core.quote import quote_identifier
from chatly_console.migrations.asks import Asks
from chatly_console.migrations.files import MigrationStatement
from chatly_console.server.dedicated import Dedicated
from chatly_console.server.sql_files import load_sql

_PACKAGE = "chatly_console.migrations"
_REPEATABLE = ("VACUUM", "VACUUM FULL", "ANALYZE", "CLUSTER", "REINDEX", "REINDEX CONCURRENTLY", "ALTER SYSTEM")
"""Statements of which a second run does no harm and brings the same."""


@dataclass(frozen=True, slots=True)
class Before:
    """What stood before a statement ran, kept in the log: the indexes of its table (or of all), by validity."""

    indexes: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()

    def as_detail(self, statement: int) -> dict[str, Any]:
        """As the log keeps it."""
        return {"next": statement, "indexes": list(self.indexes), "invalid": list(self.invalid)}


def before_of(detail: dict[str, Any]) -> Before:
    """From what the log kept."""
    return Before(tuple(detail.get("indexes") or ()), tuple(detail.get("invalid") or ()))


@dataclass(frozen=True, slots=True)
class Found:
    """What an interrupted statement has come to. `done` is None where nobody can tell."""

    done: bool | None
    mend: tuple[str, ...] = ()
    """Statements that bring it to an end, or take back what is half there."""
    words: str = ""


async def look_before(asks: Asks, statement: MigrationStatement) -> Before:
    """The indexes that stand before `statement`, where it is about indexes."""
    if not _is_about_indexes(statement):
        return Before()
    rows = await _indexes(asks, _table_of(statement))
    return Before(
        tuple(sorted(_name(row) for row in rows)), tuple(sorted(_name(row) for row in rows if not row["valid"]))
    )


async def look_after(asks: Asks, statement: MigrationStatement, before: Before) -> Found:
    """Whether an interrupted `statement` is done, and what it left."""
    verb, words = statement.kind.verb, Words(statement.sql)
    if _is_about_indexes(statement):
        return await _index_left(asks, statement, before)
    if verb == "DROP INDEX CONCURRENTLY":
        there = [name for name in _names_behind(words, "concurrently") if await _exists(asks, name)]
        return Found(not there)
    if words.has("detach", "partition"):
        return await _partition_left(asks, statement, words)
    if verb in _REPEATABLE or statement.kind.reads_only:
        return Found(False)
    return Found(None)


async def new_invalid(asks: Asks, statement: MigrationStatement, before: Before) -> list[str]:
    """Indexes that `statement` has left invalid, and that nobody is building."""
    if not _is_about_indexes(statement):
        return []
    rows = await _indexes(asks, _table_of(statement))
    return [_name(row) for row in rows if not row["valid"] and not row["building"] and _name(row) not in before.invalid]


async def half_detached(asks: Asks, statement: MigrationStatement) -> str:
    """The partition that an interrupted DETACH PARTITION CONCURRENTLY has left between two states, or empty."""
    words = Words(statement.sql)
    if not words.has("detach", "partition"):
        return ""
    parent, part = _parent_and_part(statement, words)
    rows: Any = await asks.records(load_sql(_PACKAGE, "detaching"), parent, part)
    return part if rows[0]["state"] == "pending" else ""


async def drop_indexes(session: Dedicated, names: list[str]) -> None:
    """Remove indexes without keeping anybody waiting."""
    for name in names:
        await session.run(f"drop index concurrently if exists {name}")


def index_named(statement: MigrationStatement) -> str:
    """The name that CREATE INDEX CONCURRENTLY gives, or empty; without a schema it is its table's."""
    words = Words(statement.sql)
    if statement.kind.verb != "CREATE INDEX CONCURRENTLY":
        return ""
    at = words.top.index("concurrently") + 1
    while words.text(at) in ("if", "not", "exists"):
        at += 1
    name = words.name_at(at)[0]
    return "" if name.lower() == "on" else name


async def _index_left(asks: Asks, statement: MigrationStatement, before: Before) -> Found:
    rows = await _indexes(asks, _table_of(statement))
    left = [row for row in rows if not row["valid"] and not row["building"] and _name(row) not in before.invalid]
    mend = tuple(f"drop index concurrently if exists {_name(row)}" for row in left)
    names = tuple(_name(row) for row in left)
    if statement.kind.verb != "CREATE INDEX CONCURRENTLY":
        return Found(False, mend, f"removed the half-built {', '.join(names)}" if names else "")
    if left:
        return Found(False, mend, f"removed the half-built index {', '.join(names)}")
    whole = [_name(row) for row in rows if row["valid"]]
    wanted = index_named(statement)
    if not wanted:
        return Found(any(name not in before.indexes for name in whole))
    return Found(any(_same(name, wanted) for name in whole))


async def _partition_left(asks: Asks, statement: MigrationStatement, words: Words) -> Found:
    parent, part = _parent_and_part(statement, words)
    rows: Any = await asks.records(load_sql(_PACKAGE, "detaching"), parent, part)
    state = rows[0]["state"]
    if state == "pending":
        return Found(True, (f"alter table {parent} detach partition {part} finalize",), f"finished detaching {part}")
    return Found(state == "gone")


def _parent_and_part(statement: MigrationStatement, words: Words) -> tuple[str, str]:
    parent = statement.kind.relations[0].name if statement.kind.relations else ""
    at = next((i for i, word in enumerate(words.items) if word.text == "partition"), 0)
    return parent, words.name_at(at + 1)[0]


async def _indexes(asks: Asks, table: str) -> list[Any]:
    return await asks.records(load_sql(_PACKAGE, "indexes_of"), table)


async def _exists(asks: Asks, name: str) -> bool:
    rows: Any = await asks.records(load_sql(_PACKAGE, "exists"), name)
    return bool(rows[0]["there"])


def _is_about_indexes(statement: MigrationStatement) -> bool:
    return statement.kind.verb in ("CREATE INDEX CONCURRENTLY", "REINDEX CONCURRENTLY")


def _table_of(statement: MigrationStatement) -> str:
    """The table whose indexes are looked at; empty for all, where the statement names an index or a schema."""
    if statement.kind.verb == "CREATE INDEX CONCURRENTLY" and statement.kind.relations:
        return statement.kind.relations[0].name
    return ""


def _names_behind(words: Words, word: str) -> list[str]:
    at = next((i + 1 for i, item in enumerate(words.items) if item.text == word), len(words))
    while words.text(at) in ("if", "exists"):
        at += 1
    names = []
    while (found := words.name_at(at))[0]:
        names.append(found[0])
        at = found[1] + 1 if words.text(found[1]) == "," else len(words)
    return names


def _name(row: Any) -> str:
    return f"{quote_identifier(row['schema'])}.{quote_identifier(row['name'])}"


def _same(qualified: str, written: str) -> bool:
    last = written if written.startswith('"') else written.lower()
    return qualified.rpartition(".")[2].strip('"') == last.strip('"')
