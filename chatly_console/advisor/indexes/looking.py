"""The plan of a statement as it is, with values for its parameters, and the candidates that it asks for."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from chatly_console.advisor.indexes.candidates import Uses, candidates_of
from chatly_console.advisor.indexes.parameters import value_sets, with_values
from chatly_console.advisor.indexes.scans import worthwhile
from chatly_console.advisor.indexes.table_facts import read_tables
from chatly_console.advisor.indexes.table_info import TableInfo
from chatly_console.advisor.indexes.tried import Asked, Looked
from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode, Request
from chatly_console.explain.advice.finding import BETTER_THAN_A_SCAN, STATISTICS
from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.running import PlanOptions, parameters_of, plain_statement
from chatly_console.explain.service import PlanRun, read_table_facts, run_plan
from chatly_console.server.database import Database

REWRITES = (*BETTER_THAN_A_SCAN, "large-offset", "correlated-subquery", "late-having", "late-distinct")
OLD_STATISTICS = "stale-statistics"
"""Until they are mended the planner's costs say nothing, with an index or without."""
PARTITIONED_MB = 100 * 1024.0
"""From this size on a table that is asked for by time is worth partitions."""
GIVEN = "your values"
_SECONDS = 30.0
_GOES_ON = (FailureKind.LINK, FailureKind.CANCELLED)

Progress = Callable[[str], None]
Found = tuple[list[Looked], list[str]]
"""A statement with each set of values for its parameters, the slowest first, and what there is to remark."""


async def look(
    database: Database,
    asked: Asked,
    identity: Identity,
    progress: Progress,
    *,
    analyze: bool,
    writes: bool = False,
) -> Found:
    """The statement as it is; where it has parameters, with each set of values for them.

    It is run with `analyze` if it reads, and with `writes` also if it writes: that is rolled back. Raises `Failure`.
    """
    general, notes = await look_at(database, asked, identity, progress, analyze=analyze, writes=writes)
    if not parameters_of(general.run.sql):
        return [general], notes
    types = await _types(database, general.run.sql, identity)
    filled = value_sets(general.run.sql, general.run.plan, await read_tables(database, general.run.plan), types)
    if asked.given:
        filled = {GIVEN: dict(enumerate(asked.given, 1))} | filled
    found: list[Looked] = []
    said: list[str] = []
    for words, values in filled.items():
        own = with_values(general.run.sql, values)
        if not own:
            continue
        try:
            looked, remarks = await look_at(database, Asked(own), identity, progress, analyze=analyze, writes=writes)
        except Failure as failure:
            if failure.kind in _GOES_ON:
                raise
            remarks = [f"With {words} it could not be planned: {failure.sentence}"]
        else:
            found.append(replace(looked, asked=asked, values=words))
        said += [remark for remark in remarks if remark not in said]
    if not found:
        return [general], notes
    found.sort(key=lambda one: -(one.run.plan.execution_ms or one.run.plan.root.number("Total Cost")))
    cost = general.run.plan.root.number("Total Cost")
    by_statistics = " from the statistics" if any(one.values != GIVEN for one in found) else ""
    given = f"Its parameters were given {_listed([one.values for one in found])}{by_statistics}"
    slowest = ": the slowest counts" if len(found) > 1 else ""
    return found, [f"{given}{slowest}. Its general plan costs {cost:,.0f}.", *said]


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


async def _types(database: Database, sql: str, identity: Identity) -> dict[int, str]:
    """The types of its parameters; nothing where the server does not tell."""
    try:
        async with database.series(Request("", (), identity, Mode.READ_ONLY, _SECONDS)) as series:
            return dict(enumerate(await series.parameter_types(sql), 1))
    except Failure as failure:
        if failure.kind in _GOES_ON:
            raise
        return {}


async def look_at(
    database: Database, asked: Asked, identity: Identity, progress: Progress, *, analyze: bool, writes: bool = False
) -> tuple[Looked, list[str]]:
    """The plan of a statement as it is, and the candidates that it asks for, with what there is to remark."""
    sql, _ = plain_statement(asked.sql, PlanOptions())
    kind = classify(sql)
    runs = analyze and not parameters_of(sql) and (kind.reads_only or (writes and not kind.needs_no_transaction))
    progress("the plan as it is")
    mode = Mode.READ_ONLY if kind.reads_only or not runs else Mode.ROLLED_BACK
    run, notes = await _baseline(database, sql, identity, mode, runs=runs)
    analysis = analyse(run.plan, await read_table_facts(database, run.plan))
    findings = await asyncio.to_thread(lambda: analysis.findings)
    first = tuple(f for f in findings if f.rule in (*STATISTICS, *REWRITES) and not f.is_minor)
    if not kind.reads_only:
        notes.append("It writes: it was run for its figures, and rolled back." if runs
                     else "It writes, so it was not run: costs are the planner's.")  # fmt: skip
    elif parameters_of(sql):
        notes.append("Its parameters have no values here, so it was not run: costs are of its general plan.")
    if any(finding.rule in STATISTICS for finding in first):
        notes.append("The planner's estimates are off: see to the statistics first, then ask again.")
    tables = await read_tables(database, run.plan)
    notes += [*_unseen(tables), *to_be_partitioned(analysis, tables)]
    candidates = await asyncio.to_thread(candidates_of, analysis, tables)
    return Looked(asked, run, analysis, first, tuple(candidates), tables=tuple(tables)), notes


def with_uses(looked: Looked, uses: Uses) -> Looked:
    """The same with candidates whose first keys are those that all statements of interest look up most."""
    return replace(looked, candidates=tuple(candidates_of(looked.analysis, looked.tables, uses)))


def _unseen(tables: Sequence[TableInfo]) -> list[str]:
    """The tables of whose columns this login may know nothing, which makes every estimate of ours a guess."""
    hidden = sorted({table.qualified for table in tables if table.is_hidden})
    if not hidden:
        return []
    words = f"The statistics of {_listed(hidden)} are hidden from this login, which may not read all of"
    return [f"{words} {'them' if len(hidden) > 1 else 'it'}: what is estimated here is a guess."]


def to_be_partitioned(analysis: Analysis, tables: Sequence[TableInfo]) -> list[str]:
    """Advice in words alone for what no index mends for long: it is never done by itself."""
    found = []
    for scan in worthwhile(analysis, tables):
        times = [
            a.expression for a in scan.atoms if a.kind == "range" and scan.table.column(a.expression).category == "D"
        ]
        if times and scan.table.megabytes >= PARTITIONED_MB and not scan.table.is_partitioned:
            size = f"{scan.table.megabytes / 1024:,.0f} GB"
            found.append(f"{scan.table.qualified} has {size} and is asked for by {times[0]}: partitions by it would"
                         " let most of it be left out, and old rows go without a DELETE.")  # fmt: skip
    return list(dict.fromkeys(found))


async def _baseline(
    database: Database, sql: str, identity: Identity, mode: Mode, *, runs: bool
) -> tuple[PlanRun, list[str]]:
    """The statement's plan, run where it may be; only planned where running it takes too long."""
    options = PlanOptions(analyze=runs)
    try:
        return await run_plan(database, sql, options, identity=identity, mode=mode, time_limit=_SECONDS), []
    except Failure as failure:
        if not runs or failure.kind is not FailureKind.TIMEOUT:
            raise
    note = f"It runs for more than {_SECONDS:.0f} s, so only costs are compared."
    return await run_plan(database, sql, replace(options, analyze=False), identity=identity), [note]
