"""Runs the review of a connected database: ten points, each with its evidence. Nothing is written but in transactions
that are rolled back; the points that run queries do so read-only and with a limit of time.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request
from chatly_console.core.saved_query import SavedQuery, read_saved_query
from chatly_console.migrations.files import MigrationFile
from chatly_console.migrations.service import read_status
from chatly_console.migrations.status import State
from chatly_console.policies.isolation.proving import prove_isolation
from chatly_console.resources import data_folder
from chatly_console.review.catalogue import PLATFORM, ROOM, by_catalogue
from chatly_console.review.items import (
    CRITICAL,
    ISOLATED,
    ITEMS,
    MIGRATED,
    WRITTEN,
    Reviewed,
    ReviewItem,
    Standing,
    judged,
)
from chatly_console.review.plans import whole_tables
from chatly_console.review.repeatable import unrepeatable
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

ASSUMPTIONS = "## Assumptions and trade-offs"
_STATEMENT_SECONDS = 10.0


async def review(database: Database, folder: Path | None = None) -> AsyncIterator[Reviewed]:
    """The ten points in their order, each as soon as it is known; `folder` holds the migrations and queries.

    A point that cannot be looked at is `unknown` and says why. Raises `Failure` only where the server is gone.
    """
    files = folder or data_folder("database")
    others: dict[ReviewItem, Callable[[Database, Path], Awaitable[Reviewed]]] = {
        ISOLATED: _isolated, CRITICAL: _critical, MIGRATED: _migrated, WRITTEN: _written,
    }  # fmt: skip
    for item in ITEMS:
        try:
            look = others.get(item)
            yield await (look(database, files) if look else by_catalogue(database, item))
        except Failure as failure:
            if failure.kind in (FailureKind.LINK, FailureKind.CANCELLED):
                raise
            yield Reviewed(item, Standing.UNKNOWN, failure.sentence, mend=failure.hint)


async def _isolated(database: Database, folder: Path) -> Reviewed:
    proof = await prove_isolation(database)
    leaks = [
        f"{leak.identity.describe()} reads {leak.count:,} rows of {leak.other} in {leak.relation.full_name}"
        for leak in proof.leaks
    ]
    errors = [f"{where}: {failure.sentence}" for where, failure in proof.errors]
    if not leaks and not proof.pairs:
        words = f"{proof.sentence}; with fewer than two tenants that proves nothing"
        return Reviewed(ISOLATED, Standing.UNKNOWN, words, tuple(errors), mend="look at a database with data")
    return judged(ISOLATED, proof.sentence, leaks + errors, "chatly-console rls isolation names the policies")


async def _critical(database: Database, folder: Path) -> Reviewed:
    queries = await asyncio.to_thread(_critical_queries, folder / "queries")
    told, wrong, rows = [], [], 0.0
    for query in queries:
        try:
            plan = await _explained(database, query)
        except Failure as failure:
            if failure.kind is FailureKind.LINK:
                raise
            wrong.append(f"{query.title}: {failure.sentence}")
            continue
        rows += plan["Plan"]["Actual Rows"]
        told.append(f"{query.title} {plan['Execution Time']:.1f} ms")
        wrong += [f"{query.title}: {words}" for words in whole_tables(plan)]
    if not queries:
        return Reviewed(CRITICAL, Standing.UNKNOWN, f"no query in {folder / 'queries'} says that it is critical")
    if told and not rows:
        words = f"as {database.facts.user} none of the {len(told)} found a row, which proves nothing"
        return Reviewed(CRITICAL, Standing.UNKNOWN, words, tuple(wrong), "connect as a login that sees the rows")
    return judged(CRITICAL, "; ".join(told), wrong, "chatly-console advise index -c SQL proposes one")


def _critical_queries(folder: Path) -> list[SavedQuery]:
    saved = [read_saved_query(path.read_text(encoding="utf-8"), path.stem) for path in sorted(folder.glob("*.sql"))]
    return [query for query in saved if query.critical]


async def _explained(database: Database, query: SavedQuery) -> dict[str, Any]:
    """The plan of the query, run with its defaults and its own statement limit."""
    sql, names = query.numbered()
    values = {parameter.name: parameter.default for parameter in query.parameters}
    settings = (("jit", "off"),)
    request = Request(
        f"explain (analyze, buffers, format json) {sql}", tuple(values[name] for name in names),
        mode=Mode.READ_ONLY, statement_timeout=_STATEMENT_SECONDS, lock_timeout=2.0, settings=settings,
    )  # fmt: skip
    async with database.series(request) as series:
        timed = await series.run(request.sql, *request.arguments)
    plan: dict[str, Any] = json.loads(timed.rows[0][0] or "[{}]")[0]
    return plan


async def _migrated(database: Database, folder: Path) -> Reviewed:
    found = await read_status(database, folder)
    wrong = [f"{m.version}_{m.name}: {m.state.value}" for m in found if m.state not in (State.APPLIED, State.PENDING)]
    files = [m.file for m in found if m.file is not None]
    for file in files:
        wrong += await asyncio.to_thread(_faults_of, file)
    counts = {state: sum(m.state is state for m in found) for state in (State.APPLIED, State.PENDING)}
    back = sum(file.down is not None for file in files)
    words = (
        f"{counts[State.APPLIED]} applied, {counts[State.PENDING]} pending, {back} with a way back, all of {len(files)}"
    )
    return judged(
        MIGRATED, words, wrong, "chatly-console migrate status; migrate verify proves each on a shadow database"
    )


def _faults_of(file: MigrationFile) -> list[str]:
    faults = []
    said = file.up.directives
    if file.down is None and not said.irreversible:
        faults.append(f"{file.label}: has no way back and does not say why")
    if said.idempotent:
        texts = unrepeatable(statement.sql for statement in file.up.statements)
        faults += [f"{file.label}: cannot be run twice: {' '.join(text.split())[:60]}" for text in texts]
    return faults


async def _written(database: Database, folder: Path) -> Reviewed:
    rows: Sequence[Any] = await database.records(load_sql(ROOM, "uncommented"), PLATFORM)
    wrong = [f"{row['object']} has no comment" for row in rows if row["silent"]]
    readme = folder / "README.md"
    text = await asyncio.to_thread(lambda: readme.read_text(encoding="utf-8") if readme.is_file() else "")
    noted = text.partition(ASSUMPTIONS)[2].partition("\n## ")[0].count("\n- ")
    if not noted:
        wrong.append(f"{readme.name} beside the migrations has no list under “{ASSUMPTIONS.strip('# ')}”")
    kinds: dict[str, int] = {}
    for row in rows:
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
    words = ", ".join(f"{kind} {count:,}" for kind, count in kinds.items())
    return judged(WRITTEN, f"looked at: {words or 'nothing'}; {noted} assumptions and trade-offs written down", wrong,
                  "comment on …; README.md beside the migrations")  # fmt: skip
