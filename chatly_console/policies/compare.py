"""What several identities see of one table or query, laid side by side: rows are matched by their key."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.quote import quote_identifier, quote_literal
from chatly_console.core.request import Mode, Request
from chatly_console.core.values import Column, Row
from chatly_console.policies.policy import Table
from chatly_console.policies.service import qualified
from chatly_console.server.database import Database

MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Side:
    """What one identity sees: its rows, or why there are none."""

    identity: Identity
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    truncated: bool = False
    strength: str = ""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class AlignedRow:
    """One row as each side has it (None: it does not), and the columns in which they differ."""

    key: Row
    cells: tuple[Row | None, ...]
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The sides, and their rows aligned by key."""

    sides: tuple[Side, ...]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: tuple[AlignedRow, ...]

    def only(self, side: int) -> list[AlignedRow]:
        """The rows that only this side has."""
        return [r for r in self.rows if r.cells[side] is not None and sum(c is not None for c in r.cells) == 1]

    @property
    def shared(self) -> list[AlignedRow]:
        """The rows that all sides have."""
        return [r for r in self.rows if all(c is not None for c in r.cells)]

    @property
    def differing(self) -> list[AlignedRow]:
        """The rows that more than one side has, with different values."""
        return [r for r in self.rows if r.differing]


def table_query(table: Table, limit: int = MOST_ROWS, reach: str = "") -> str:
    """The statement that reads a table in the order of its key, as far as the condition `reach` lets it."""
    extra = "" if table.key else "tableoid::pg_catalog.regclass, ctid, "
    order = ", ".join(map(quote_identifier, table.key)) if table.key else "tableoid, ctid"
    where = f" where {reach}" if reach else ""
    return f"select {extra}* from {qualified(table)}{where} order by {order} limit {limit + 1}"


async def compare_table(
    database: Database, table: Table, identities: Sequence[Identity], *, limit: int = MOST_ROWS, keep: Identity = LOGIN
) -> Comparison:
    """A table as each identity sees it: all of it, or up to the key where the first side to be cut off ends.

    Beyond that key a row that one side lacks may just not have been read, so nothing is said of it.
    """
    key = table.key or ("tableoid", "ctid")
    compared = await compare_query(database, table_query(table, limit), key, identities, limit=limit, keep=keep)
    if len(identities) > 1 and any(side.truncated for side in compared.sides):
        reach = _common_reach(table, compared)
        sql = table_query(table, limit, reach)
        nearer = await compare_query(database, sql, key, identities, limit=limit, keep=keep)
        sides = [
            replace(near, truncated=far.truncated or len(near.rows) < len(far.rows))
            for near, far in zip(nearer.sides, compared.sides, strict=True)
        ]
        compared = replace(nearer, sides=tuple(sides))
    return replace(compared, rows=tuple(sorted(compared.rows, key=lambda row: [_rank(part) for part in row.key])))


def _common_reach(table: Table, compared: Comparison) -> str:
    """The condition on the key that all sides were read to: the server compares, so that its own order decides."""
    names = [column.name for column in compared.columns]
    places = [names.index(name) for name in compared.key]
    columns = ", ".join(map(quote_identifier, table.key)) if table.key else "tableoid, ctid"
    ends = []
    for side in compared.sides:
        if side.truncated and side.rows:
            values = [quote_literal(side.rows[-1][at]) for at in places]
            if not table.key:
                values[0] += "::pg_catalog.regclass::pg_catalog.oid"
            ends.append(f"({columns}) <= ({', '.join(values)})")
    return " and ".join(ends)


def _rank(value: str | None) -> tuple[int, int, str]:
    """Whole numbers by their value, all else by its text, null last."""
    if value is None:
        return (2, 0, "")
    return (0, int(value), "") if value.isascii() and value.isdigit() and len(value) < 20 else (1, 0, value)


async def compare_query(
    database: Database,
    sql: str,
    key: Sequence[str],
    identities: Sequence[Identity],
    *,
    limit: int = MOST_ROWS,
    keep: Identity = LOGIN,
) -> Comparison:
    """A query as each identity sees it; without a key whole rows are matched. `keep` is used elsewhere still."""
    try:
        sides = await asyncio.gather(*(_read(database, sql, who, limit) for who in identities))
    finally:
        for who in identities:
            if not who.is_login and who != keep:
                await database.end_impersonation(who)
    return await asyncio.to_thread(align, sides, key)


async def _read(database: Database, sql: str, identity: Identity, limit: int) -> Side:
    request = Request(sql, (), identity, Mode.READ_ONLY, statement_timeout=30.0, lock_timeout=2.0)
    try:
        async with database.open(request, first_page=limit + 1) as result:
            rows = await result.fetch(limit + 1)
            truncated = len(rows) > limit or not result.exhausted
            return Side(identity, tuple(result.columns), tuple(rows[:limit]), truncated, result.strength)
    except Failure as failure:
        if failure.kind in (FailureKind.LINK, FailureKind.FULL, FailureKind.CANCELLED):
            raise
        return Side(identity, failure=failure)


def align(sides: Sequence[Side], key: Sequence[str]) -> Comparison:
    """Match the rows of all sides by the columns of the key; rows of equal key within a side stay apart by number."""
    columns = next((s.columns for s in sides if s.columns), ())
    names = [c.name for c in columns]
    places = [names.index(name) for name in key if name in names] or list(range(len(names)))
    found: dict[tuple[Row, int], list[Row | None]] = {}
    for at, side in enumerate(sides):
        seen: dict[Row, int] = {}
        for row in side.rows:
            own = tuple(row[i] for i in places)
            number = seen[own] = seen.get(own, -1) + 1
            found.setdefault((own, number), [None] * len(sides))[at] = row
    rows = tuple(AlignedRow(k, tuple(cells), _differing(cells, names)) for (k, _), cells in found.items())
    return Comparison(tuple(sides), columns, tuple(names[i] for i in places), rows)


def _differing(cells: Sequence[Row | None], names: Sequence[str]) -> tuple[str, ...]:
    present = [row for row in cells if row is not None]
    return tuple(name for i, name in enumerate(names) if any(row[i] != present[0][i] for row in present[1:]))
