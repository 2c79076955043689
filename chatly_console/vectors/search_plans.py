"""Asks for the plans of the searches that took most time, as pg_stat_statements has them, and whom they go through.

Their values are not known, so each is planned for unknown ones; only of its LIMIT something is known: what it returned
on average. The planner would take an unknown LIMIT for a tenth of the table, and leave the index for it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN
from chatly_console.server.database import Database
from chatly_console.server.series import Series
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.health import Finding
from chatly_console.vectors.plan import ServedBy, indexes_in, served_by
from chatly_console.vectors.service import Settings, prepare, series_as, vector_indexes

MOST = 20
"""Statements whose plans are asked for."""
_GENERIC: Settings = (("plan_cache_mode", "force_generic_plan"),)
_LIMIT_PARAMETER = re.compile(r"\blimit\s+\$\d+(?:::\w+)?", re.IGNORECASE)
_PARAMETER = re.compile(r"\$(\d+)")
_MANY_ROWS = 10_000
"""From so many rows on a search that reads all of them is worth a warning."""


@dataclass(frozen=True, slots=True)
class PlannedSearch:
    """A statement that searches, and what would serve it; no node where it could not be planned."""

    query: str
    calls: int
    node: ServedBy | None
    indexes: frozenset[str] = frozenset()

    @property
    def words(self) -> str:
        """The statement in a line."""
        return " ".join(self.query.split())[:120]


def plannable(query: str, rows: int, calls: int) -> tuple[str, int]:
    """The statement with its average LIMIT in the place of the unknown one, and how many parameters it then has."""
    average = max(1, -(-rows // max(calls, 1)))
    text = _LIMIT_PARAMETER.sub(f"limit {average}", query.strip().rstrip(";"))
    numbers = sorted({int(number) for number in _PARAMETER.findall(text)})
    places = {number: place for place, number in enumerate(numbers, 1)}
    return _PARAMETER.sub(lambda found: f"${places[int(found[1])]}", text), len(numbers)


async def plans_of(
    database: Database, column: VectorColumn, records: Sequence[Mapping[str, Any]]
) -> list[PlannedSearch]:
    """The plans of these statements, as the login; nothing of them runs. Raises `Failure`."""
    found = []
    async with series_as(database, LOGIN, _GENERIC) as series:
        await prepare(series, column, ())
        known = await vector_indexes(series, column)
        for number, record in enumerate(records[:MOST]):
            query, calls = str(record["query"]), int(record["calls"])
            sql, parameters = plannable(query, int(record["rows"]), calls)
            plan = await _plan(series, f"chatly_search_{number}", sql, parameters)
            if plan is None:
                found.append(PlannedSearch(query, calls, None))
            else:
                found.append(PlannedSearch(query, calls, served_by(plan, known), frozenset(indexes_in(plan))))
    return found


async def _plan(series: Series, name: str, sql: str, parameters: int) -> Mapping[str, Any] | None:
    await series.run("savepoint chatly_plan")
    try:
        await series.prepare(name, sql)
        values = f"({', '.join(['null'] * parameters)})" if parameters else ""
        explained = await series.run(f"explain (format json) execute {name}{values}")
    except Failure as failure:
        if failure.kind is FailureKind.LINK:
            raise
        await series.run("rollback to savepoint chatly_plan")
        return None
    plan: Mapping[str, Any] = json.loads("\n".join(row[0] or "" for row in explained.rows))[0]["Plan"]
    return plan


def plan_findings(column: VectorColumn, searches: Sequence[PlannedSearch]) -> list[Finding]:
    """Searches that go past every vector index, and indexes that none of them goes through."""
    planned = [one for one in searches if one.node is not None]
    if not planned or not column.indexes:
        return []
    found = [*_past(column, planned), *_unused(column, planned)]
    words = f"the {len(planned)} searches that took most time go through a vector index"
    return found or [Finding("searches", "OK", column.title, words)]


def _past(column: VectorColumn, planned: Sequence[PlannedSearch]) -> Iterator[Finding]:
    for one in planned:
        assert one.node is not None
        if not one.node.approximate:
            level = "WARN" if column.rows >= _MANY_ROWS else "INFO"
            detail = f"its plan is {one.node.words}: no vector index serves it"
            yield Finding("search_past_index", level, f"{one.words} ({one.calls:,} calls)", detail)  # type: ignore[arg-type]


def _unused(column: VectorColumn, planned: Sequence[PlannedSearch]) -> Iterator[Finding]:
    names = {index.name for index in column.indexes}
    if any(one.node is not None and one.node.approximate and not one.indexes & names for one in planned):
        return  # through the index of a partition: the one of the whole table has no name there
    for index in column.indexes:
        using = sum(index.name in one.indexes for one in planned)
        if using == 0 and index.is_usable:
            detail = f"none of the {len(planned)} searches that took most time goes through it"
            if index.size:
                detail += f"; it takes {index.size / 1_048_576:.1f} MB, and each write keeps it up"
            yield Finding("index_unused_by_searches", "INFO", index.name, detail)
