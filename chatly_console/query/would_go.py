"""What a destructive statement would take away, in words, by the server's own figures."""

import json
from collections.abc import Sequence

from chatly_console.core.classify import Classification
from chatly_console.core.failure import Failure
from chatly_console.core.values import Record
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

_LIMIT = 2.0
"""Seconds that the question may wait for these figures."""


async def what_would_go(database: Database, found: Classification) -> str:
    """A sentence for each relation that the statement writes or drops; empty where nothing is known."""
    names = [relation.name for relation in found.relations if relation.written] or [r.name for r in found.relations]
    if not names:
        return ""
    sql = load_sql("chatly_console.query", "what_would_go")
    try:
        rows = await database.records(sql, json.dumps(names[:20]), timeout=_LIMIT, lock_timeout=_LIMIT)
    except Failure:
        return ""
    return words(rows)


def words(rows: Sequence[Record]) -> str:
    """The figures as sentences."""
    return "\n".join(_words(row) for row in rows)


def _words(row: Record) -> str:
    rows, size = float(str(row["rows"])), int(str(row["bytes"]))
    count = "a number of rows that is not known (never analysed)" if rows < 0 else f"about {rows:,.0f} rows"
    parts = [f"{row['name']} has {count}" + (f", {_size(size)}" if size else "")]
    for key, one, many in (
        ("partitions", "1 partition", "{} partitions"),
        ("foreign_keys", "1 foreign key points to it", "{} foreign keys point to it"),
        ("views", "1 view reads it", "{} views read it"),
    ):
        number = int(str(row[key]))
        if number:
            parts.append(one if number == 1 else many.format(number))
    return "; ".join(parts) + "."


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1024:
            return f"{size:,.0f} {unit}"
        size /= 1024
    return f"{size:,.1f} TB"
