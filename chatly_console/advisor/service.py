"""Runs the advisor's checks on a connected database."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chatly_console.advisor.checks import BY_NAME, CHECKS, MANAGED_SCHEMAS, Check, Finding, Where
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Request
from chatly_console.core.values import Row
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue
from chatly_console.server.sql_files import load_sql
from chatly_console.vectors.health import extension_findings, known_faults

_AT_ONCE = 3
"""Checks under way at once: the pool has room for others."""
_LIMIT = 10.0
"""Seconds that one check may take."""
_AS_WRITTEN = Request("", statement_timeout=_LIMIT, lock_timeout=2.0, settings=(("search_path", ""), ("jit", "off")))
"""With no search path the server writes every name in full, so that a check reads the same text for every login."""
_KNOWN_FAULT = BY_NAME["extension_known_fault"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that could not look, and why."""

    check: Check
    reason: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What all checks found, the most serious first, and which could not look."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...] = ()


_Sizes = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class _Surroundings:
    served: str
    ours: str
    has_buckets: bool
    vector_installed: str
    vector_offered: str
    sizes: _Sizes


async def advise(database: Database, only: Collection[str] = ()) -> Advice:
    """What the checks find; `only` names some of them. A check that fails alone is skipped; raises `Failure` else."""
    strange = sorted(set(only) - BY_NAME.keys())
    if strange:
        raise Failure(f"There is no check named {', '.join(strange)}.", FailureKind.USAGE)
    surroundings = await _look_around(database)
    turn = asyncio.Semaphore(_AT_ONCE)
    wanted = [check for check in CHECKS if not only or check.name in only]
    found = await asyncio.gather(*(_run(database, check, surroundings, turn) for check in wanted))
    return await asyncio.to_thread(_summed_up, found)


async def _sizes(database: Database, ours: str) -> _Sizes:
    """How large each relation is, in words; nothing where the catalogue cannot be asked in time."""
    try:
        async with database.series(_AS_WRITTEN) as series:
            rows = (await series.run(load_sql("chatly_console.advisor", "relation_sizes"), ours)).rows
    except Failure as failure:
        if failure.kind in (FailureKind.LINK, FailureKind.CANCELLED):
            raise
        return {}
    return {(schema or "", relation or ""): size or "" for schema, relation, size in rows}


def with_noted(advice: Advice, findings: Sequence[Finding], only: Collection[str] = ()) -> Advice:
    """The same with findings from the notes of this machine among the others; `only` names some checks."""
    noted = [finding for finding in findings if not only or finding.check.name in only]
    return Advice(tuple(sorted([*advice.findings, *noted], key=_place)), advice.skipped)


def _place(finding: Finding) -> tuple[int, str, str, str]:
    return finding.check.level, finding.check.name, finding.object, finding.detail


def _summed_up(found: Iterable[Sequence[Finding | Skipped]]) -> Advice:
    answers = [answer for part in found for answer in part]
    findings = [answer for answer in answers if isinstance(answer, Finding)]
    findings.sort(key=_place)
    return Advice(tuple(findings), tuple(answer for answer in answers if isinstance(answer, Skipped)))


async def _look_around(database: Database) -> _Surroundings:
    catalogue = await SharedCatalogue.of(database).as_it_stands()
    row: Any = (await database.records(load_sql("chatly_console.advisor", "surroundings")))[0]
    served = {schema.strip() for schema in row["served"].split(",")} - set(MANAGED_SCHEMAS)
    vector = next((extension for extension in catalogue.extensions if extension.name == "vector"), None)
    ours = ",".join(MANAGED_SCHEMAS)
    return _Surroundings(
        ",".join(sorted(served)), ours, catalogue.relation("storage", "buckets") is not None,
        vector.installed if vector is not None else "", vector.offered if vector is not None else "",
        await _sizes(database, ours),
    )  # fmt: skip


async def _run(
    database: Database, check: Check, around: _Surroundings, turn: asyncio.Semaphore
) -> Sequence[Finding | Skipped]:
    if check is _KNOWN_FAULT:
        return _known_faults(around)
    if check.is_noted or (check.needs and not around.has_buckets):
        return ()
    schemas = {Where.OURS: (around.ours,), Where.API: (around.served,), Where.ANYWHERE: ()}[check.where]
    async with turn:
        try:
            async with database.series(_AS_WRITTEN) as series:
                found = await series.run(load_sql("chatly_console.advisor", check.statement or check.name), *schemas)
        except Failure as failure:
            if failure.kind is FailureKind.LINK:
                raise
            return [Skipped(check, failure.sentence)]
    names = [column.name for column in found.columns]
    return await asyncio.to_thread(_findings, check, names, found.rows, around.sizes)


def _findings(check: Check, names: list[str], rows: Sequence[Row], sizes: _Sizes) -> list[Finding]:
    said = [dict(zip(names, row, strict=True)) for row in rows]
    return [_finding(check, one, sizes) for one in said if one.get("check", check.name) == check.name]


def _finding(check: Check, said: dict[str, str | None], sizes: _Sizes) -> Finding:
    object_, detail, fix, undo, schema, relation = (
        said.get(name) or "" for name in ("object", "detail", "fix", "undo", "schema", "relation")
    )
    return Finding(check, object_, detail, fix, undo, schema, relation, sizes.get((schema, relation), ""))


def _known_faults(around: _Surroundings) -> list[Finding]:
    if not around.vector_installed:
        return []
    found = extension_findings(around.vector_installed, around.vector_offered, known_faults())
    can_update = around.vector_offered != around.vector_installed
    return [Finding(_KNOWN_FAULT, f.object, f.detail, f.fix if can_update else "") for f in found if f.level != "OK"]
