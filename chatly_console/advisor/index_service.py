"""Looks for an index that makes a statement quicker: baseline, statistics first, candidates, try, accept.

Each result says how it was come by. HYPOTHETICAL: the planner's cost with an index that hypopg pretends; ESTIMATED:
the same by the formula of a B-tree scan, from the planner's own row estimate; MEASURED: built in a transaction that is
rolled back, with the times and blocks of real runs. Nothing is left behind by any of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from math import log2
from typing import Any

from chatly_console.advisor.candidates import Candidate, ColumnFacts, IndexFacts, TableInfo, candidates_of
from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.quote import quote_identifier
from chatly_console.core.request import Mode, Request
from chatly_console.explain.advice.finding import BETTER_THAN_A_SCAN, STATISTICS, Finding
from chatly_console.explain.analysis import Analysis, analyse
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.plan import Plan
from chatly_console.explain.running import PlanOptions, explain_statement
from chatly_console.explain.service import PlanRun, read_table_facts, run_plan
from chatly_console.explain.trying import Trial, may_try, try_change
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

ACCEPTED = 0.5
"""An index is proposed where the cost (or time and blocks) after it is at most this part of that before."""
LEAST_SAVED = 100.0
"""Units of the planner's cost that it must save at least."""
REWRITES = (*BETTER_THAN_A_SCAN, "large-offset", "correlated-subquery", "late-having", "late-distinct")
_SECONDS = 30.0

Progress = Callable[[str], None]


class Tier(Enum):
    """How a result was come by."""

    HYPOTHETICAL = "hypothetical"
    ESTIMATED = "estimated"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Tried:
    """A candidate and what it would do. Costs are the planner's; times in milliseconds, None where not measured."""

    candidate: Candidate
    tier: Tier
    cost_before: float
    cost_after: float
    ms_before: float | None = None
    ms_after: float | None = None
    blocks_before: float | None = None
    blocks_after: float | None = None
    megabytes: float | None = None
    build_seconds: float | None = None
    is_used: bool = True

    @property
    def pays(self) -> bool:
        """Whether it is worth proposing."""
        if not self.is_used:
            return False
        if self.tier is Tier.MEASURED and self.ms_before and self.blocks_before:
            quicker = (self.ms_after or 0.0) <= self.ms_before * ACCEPTED
            return quicker and (self.blocks_after or 0.0) <= self.blocks_before * ACCEPTED
        return self.cost_after <= self.cost_before * ACCEPTED and self.cost_before - self.cost_after >= LEAST_SAVED

    @property
    def ratio(self) -> float:
        """What is left of the cost or time, the smaller the better."""
        if self.ms_before and self.ms_after is not None:
            return self.ms_after / self.ms_before
        return self.cost_after / self.cost_before if self.cost_before else 1.0

    @property
    def rank(self) -> tuple[bool, int, float, int]:
        """What pays first; of those about as quick (a factor of two, from a tenth of a millisecond) the smallest."""
        left = self.ms_after if self.ms_after is not None else self.cost_after
        return not self.pays, round(log2(max(left, 0.1))), self.megabytes or 0.0, len(self.candidate.keys)


@dataclass(frozen=True, slots=True)
class IndexAdvice:
    """What came of it: rewrites and statistics come before any index; `tried` has the best first."""

    run: PlanRun
    analysis: Analysis
    first: tuple[Finding, ...]
    tried: tuple[Tried, ...]
    notes: tuple[str, ...] = ()

    @property
    def proposals(self) -> tuple[Tried, ...]:
        """The indexes that pay."""
        return tuple(one for one in self.tried if one.pays)


async def advise_index(
    database: Database,
    sql: str,
    *,
    identity: Identity = LOGIN,
    measure: bool = False,
    progress: Progress = lambda w: None,
) -> IndexAdvice:
    """Look for an index for one statement. It is run only if it reads; `measure` lets candidates be built for real.

    Raises `Failure`; whatever happens, no index, lock or open transaction is left.
    """
    reads = classify(sql).reads_only
    progress("the plan as it is")
    run = await run_plan(database, sql, PlanOptions(analyze=reads), identity=identity, time_limit=_SECONDS)
    analysis = analyse(run.plan, await read_table_facts(database, run.plan))
    first = tuple(f for f in analysis.findings if f.rule in (*STATISTICS, *REWRITES) and not f.is_minor)
    notes = [] if reads else ["It writes, so it was not run: costs are the planner's."]
    if any(finding.rule in STATISTICS for finding in first):
        notes.append("The planner's estimates are off: mend the statistics first, then ask again.")
    candidates = candidates_of(analysis, await _tables(database, run.plan))
    tried = await _costs(database, run, candidates, identity)
    if tried and tried[0].tier is Tier.ESTIMATED:
        notes.append("Without the extension hypopg here, costs are estimated by formula.")
    if measure:
        tried, refusals = await _measured(database, run, tried, identity, progress)
        notes += refusals
    tried.sort(key=lambda one: one.rank)
    return IndexAdvice(run, analysis, first, tuple(tried), tuple(notes))


async def _tables(database: Database, plan: Plan) -> list[TableInfo]:
    names = sorted({f"{node.text('Schema')}.{node.relation}" for node in plan.nodes if node.relation})
    rows: Sequence[Any] = await database.records(load_sql("chatly_console.advisor", "index_tables"), "\n".join(names))
    return [
        TableInfo(
            row["schema"], row["name"], row["rows"], row["pages"],
            {name: _column(facts) for name, facts in row["columns"].items()},
            tuple(
                IndexFacts(i["name"], i["method"], tuple(i["columns"]), i["partial"], i["valid"])
                for i in row["indexes"]
            ),
            row["writes"],
            row["hours"],
        )
        for row in rows
    ]  # fmt: skip


def _column(facts: dict[str, Any]) -> ColumnFacts:
    common = dict(zip(facts["values"] or (), facts["shares"] or (), strict=False))
    return ColumnFacts(
        facts["type"], facts["distinct"] or 0.0, facts["nulls"] or 0.0, facts["correlation"] or 0.0, common
    )


async def _costs(database: Database, run: PlanRun, candidates: list[Candidate], identity: Identity) -> list[Tried]:
    """The planner's costs with each candidate alone, by hypopg where it can pretend them, else by formula."""
    before = run.plan.root.number("Total Cost")
    found: Sequence[Any] = await database.records(load_sql("chatly_console.advisor", "hypothetical_indexes"))
    hypothetical = {}
    if found and identity.is_login:
        hypothetical = await _pretended(database, run, candidates, quote_identifier(found[0]["schema"]))
    return [
        hypothetical.get(candidate.sql())
        or Tried(
            candidate, Tier.ESTIMATED, before, _estimated(candidate, run.plan), is_used=candidate.method == "btree"
        )
        for candidate in candidates
    ]


async def _pretended(database: Database, run: PlanRun, candidates: list[Candidate], schema: str) -> dict[str, Tried]:
    request = Request("", mode=Mode.ROLLED_BACK, statement_timeout=_SECONDS, lock_timeout=2.0)
    explain = explain_statement(run.sql, PlanOptions(), database.facts.version_number)
    before = run.plan.root.number("Total Cost")
    found: dict[str, Tried] = {}
    for candidate in candidates:
        if candidate.method not in ("btree", "brin"):
            continue
        try:
            async with database.series(request) as series:
                try:
                    sql = f"select indexname from {schema}.hypopg_create_index($1)"
                    made = await series.run(sql, candidate.sql(concurrently=False))
                    timed = await series.run(explain, *run.arguments)
                finally:
                    await series.run(f"select {schema}.hypopg_reset()")
        except Failure as failure:
            if failure.kind is FailureKind.LINK:
                raise
            continue
        plan = read_plans("\n".join(row[0] or "" for row in timed.rows))[0]
        used = any(node.index == made.rows[0][0] for node in plan.nodes)
        found[candidate.sql()] = Tried(
            candidate, Tier.HYPOTHETICAL, before, plan.root.number("Total Cost"), is_used=used
        )
    return found


def _estimated(candidate: Candidate, plan: Plan) -> float:
    """The plan's cost with a B-tree scan in the node's place: two pages down, the leaves, at worst a page for each row.

    The constants are the planner's defaults: 4 for a page read at random, 0.015 for a row and its index entry.
    """
    node = candidate.node
    assert node is not None
    per_loop = node.rows_planned or 1.0
    limit = next((above for above in node.ancestors() if above.kind == "Limit"), None)
    if limit is not None and limit.rows_planned is not None and candidate.keys[-1] not in node.text("Filter"):
        per_loop = min(per_loop, limit.rows_planned)
    pages = 2 + per_loop / 300 + min(per_loop, candidate.table.pages)
    scan = 4.0 * pages + 0.015 * per_loop
    loops = max(node.parent.inputs[0].rows_planned or 1.0, 1.0) if node.relationship == "Inner" and node.parent else 1.0
    whole, own = plan.root.number("Total Cost"), node.number("Total Cost")
    sort = sum(
        above.number("Total Cost") - above.number("Startup Cost") for above in node.ancestors() if above.kind == "Sort"
    )
    return max(whole - own * loops - sort, 0.0) + scan * loops


async def _measured(
    database: Database, run: PlanRun, tried: list[Tried], identity: Identity, progress: Progress
) -> tuple[list[Tried], list[str]]:
    """The most promising ones built for real, one after the other, and rolled back."""
    if not identity.is_login:
        return tried, ["As another user nothing is built; measure as the login, or apply it and look again."]
    if not run.options.analyze:
        return tried, ["A statement that writes is not measured."]
    order = sorted(tried, key=lambda one: (one.is_used and one.candidate.method == "btree", one.ratio))
    measured, notes = list(tried), []
    for one in order:
        table = one.candidate.table
        trial = Trial((one.candidate.sql(concurrently=False),), (), table.qualified, one.candidate.name)
        progress(f"building and measuring {one.candidate.name}")
        try:
            await may_try(database, trial)
            outcome = await try_change(database, run, trial)
        except Failure as failure:
            if failure.kind in (FailureKind.LINK, FailureKind.CANCELLED):
                raise
            notes.append(f"{one.candidate.name} was not measured: {failure.sentence}")
            continue
        before, after = outcome.comparison.before, outcome.comparison.after
        measured[measured.index(one)] = replace(
            one, tier=Tier.MEASURED, ms_before=before.timing.whole_ms, ms_after=after.timing.whole_ms,
            blocks_before=_blocks(before), blocks_after=_blocks(after), megabytes=outcome.index_mb,
            build_seconds=outcome.build_seconds, is_used=outcome.is_used,
            cost_after=after.plan.root.number("Total Cost"),
        )  # fmt: skip
    return measured, notes


def _blocks(analysis: Analysis) -> float:
    root = analysis.plan.root
    return root.number("Shared Hit Blocks") + root.number("Shared Read Blocks")
