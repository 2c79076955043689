"""What pg_stat_statements counted: per statement since the reset, and since somebody began to look."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from chatly_console.core.values import Record

Key = tuple[int, int, int, bool]
_Row = tuple[
    int, int, int | None, bool, str | None, str | None, int, float, int, float, int, int, int, float, int
]  # fmt: skip
"""The columns of statements.sql in their order; there may be thousands of rows, so they are taken as they come."""
BLOCK = 8192
"""Bytes of a block: nobody builds a server with another size."""
ORDERS = ("total", "mean", "calls", "io", "temp", "wal")
"""What statements can be ordered by from one count alone; `slower` needs their past too."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The counters of one statement of one role in one database."""

    key: Key
    user: str
    database: str
    calls: int
    total_ms: float
    rows: int
    io_ms: float
    hits: int
    reads: int
    temp_blocks: int
    wal_bytes: float
    workers_missed: int = 0
    """Parallel workers that were planned and not to be had; counted from extension version 1.12 on."""
    query: str = ""

    @property
    def mean_ms(self) -> float:
        """Per call."""
        return self.total_ms / self.calls if self.calls else 0.0

    @property
    def query_id(self) -> int:
        """What the server calls it."""
        return self.key[2]


@dataclass(frozen=True, slots=True)
class Counted:
    """All statements that may be seen, and how many may not."""

    statements: tuple[Statement, ...]
    concealed: int


def counted(records: Iterable[Record]) -> Counted:
    """The rows of statements.sql; those of other roles come without an id where the login may not see them."""
    found: list[Statement] = []
    concealed = 0
    for record in records:
        values = cast("_Row", tuple(record.values()))
        user_id, database_id, query_id, toplevel, user, database = values[:6]
        if query_id is None:
            concealed += 1
        else:
            key = (user_id, database_id, query_id, toplevel)
            found.append(Statement(key, user or str(user_id), database or str(database_id), *values[6:]))
    return Counted(tuple(found), concealed)


def since(baseline: Mapping[Key, Statement], now: Iterable[Statement]) -> list[Statement]:
    """What was added since the baseline; a statement whose counters went down was reset and counts in full."""
    found = []
    for statement in now:
        before = baseline.get(statement.key)
        if before is None or before.calls > statement.calls:
            found.append(statement)
        elif statement.calls > before.calls:
            found.append(
                replace(
                    statement,
                    calls=statement.calls - before.calls,
                    total_ms=max(statement.total_ms - before.total_ms, 0.0),
                    rows=max(statement.rows - before.rows, 0),
                    io_ms=max(statement.io_ms - before.io_ms, 0.0),
                    hits=max(statement.hits - before.hits, 0),
                    reads=max(statement.reads - before.reads, 0),
                    temp_blocks=max(statement.temp_blocks - before.temp_blocks, 0),
                    wal_bytes=max(statement.wal_bytes - before.wal_bytes, 0.0),
                    workers_missed=max(statement.workers_missed - before.workers_missed, 0),
                )
            )
    return found


def ranked(statements: Iterable[Statement], order: str, limit: int = 100) -> list[Statement]:
    """The first by total time, mean time, calls, or blocks and time of I/O."""
    keys = {
        "total": lambda s: (s.total_ms, s.calls),
        "mean": lambda s: (s.mean_ms, s.total_ms),
        "calls": lambda s: (s.calls, s.total_ms),
        "io": lambda s: (s.io_ms, s.reads + s.temp_blocks),
        "temp": lambda s: (s.temp_blocks, s.total_ms),
        "wal": lambda s: (s.wal_bytes, s.total_ms),
    }
    return sorted(statements, key=keys[order], reverse=True)[:limit]
