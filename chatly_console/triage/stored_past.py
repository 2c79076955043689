"""Counts of statements kept in a local file from one run of the console to the next, a file for each profile.

At most one an hour of the last day and one a day of the last two weeks, each of the statements that took most time;
without their texts. Only the user can read it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatly_console.core.private_file import write_json
from chatly_console.triage.statements import Key, Statement, ranked

HOUR, DAY = 3600.0, 86400.0
_DAYS = 14
_MOST_STATEMENTS = 1_000
_NUMBERS = ("calls", "total_ms", "rows", "io_ms", "hits", "reads", "temp_blocks", "wal_bytes")


@dataclass(frozen=True, slots=True)
class StoredCount:
    """The counters at a moment, in seconds since 1970."""

    at: float
    counters: dict[Key, Statement]


def read_past(path: Path) -> list[StoredCount]:
    """What is stored, oldest first; nothing where the file is not there or is not one of ours."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return [StoredCount(float(one["at"]), _counters(one["statements"])) for one in document["counts"]]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def _counters(rows: Iterable[list[Any]]) -> dict[Key, Statement]:
    found = {}
    for user_id, database_id, query_id, toplevel, user, database, *numbers in rows:
        key = (user_id, database_id, query_id, toplevel)
        found[key] = Statement(key, user, database, **dict(zip(_NUMBERS, numbers, strict=True)))
    return found


def with_count(past: Sequence[StoredCount], at: float, statements: Iterable[Statement]) -> list[StoredCount] | None:
    """The past with what was counted at `at`, and without what has become too old; None while the last is recent."""
    if past and 0 <= at - past[-1].at < HOUR:
        return None
    top = {one.key: one for one in ranked(statements, "total", _MOST_STATEMENTS)}
    kept: dict[tuple[float, int], StoredCount] = {}
    for one in past:
        apart = HOUR if at - one.at <= DAY else DAY
        if 0 < at - one.at <= _DAYS * DAY:
            kept.setdefault((apart, int(one.at // apart)), one)
    return [*kept.values(), StoredCount(at, top)]


def write_past(path: Path, past: Sequence[StoredCount]) -> None:
    """Write all of it, as a whole or not at all. Raises OSError."""
    write_json(
        path, {"counts": [{"at": one.at, "statements": [_row(s) for s in one.counters.values()]} for one in past]}
    )


def _row(one: Statement) -> list[object]:
    return [*one.key, one.user, one.database, *(getattr(one, name) for name in _NUMBERS)]
