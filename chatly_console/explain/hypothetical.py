"""What the planner would make of an index that is not there: hypopg pretends it, and nothing is built.

The result is the planner's cost and no time, and it is labelled so. It needs no lock and writes nothing: it may be
asked for on a standby, on a read-only connection, and of a table that is too large to build the index for a trial.
"""

from dataclasses import dataclass

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Request
from chatly_console.explain.analysis import analyse
from chatly_console.explain.diff import Comparison, compare
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.plan import Plan
from chatly_console.explain.running import PlanOptions, explain_statement
from chatly_console.explain.service import PlanRun
from chatly_console.explain.trying import LOCK_LIMIT, TIME_LIMIT, Trial
from chatly_console.explain.wording import short, times_words
from chatly_console.server.database import Database
from chatly_console.server.series import Series
from chatly_console.server.sql_files import load_sql

PRETENDED = ("btree", "brin", "hash", "bloom")
"""The kinds of index that hypopg knows."""


@dataclass(frozen=True, slots=True)
class Supposition:
    """The plan without and with the index that was pretended; neither was run."""

    comparison: Comparison
    index_mb: float
    """What the index would take by hypopg's reckoning, which knows of no deduplication: often twice the truth."""
    is_used: bool

    @property
    def sentence(self) -> str:
        """`Hypothetical (hypopg): cost 4,480 → 12.5, 358x less · about 38 MB. Nothing was built or run.`"""
        before, after = (side.costs[0][0] for side in (self.comparison.before, self.comparison.after))
        change = f"cost {short(before)} → {short(after)}, {times_words(before, after)}"
        used = "" if self.is_used else " The planner would not use the index."
        return f"Hypothetical (hypopg): {change} · about {self.index_mb:,.1f} MB. Nothing was built or run.{used}"


async def hypopg_schema(database: Database) -> str:
    """Where hypopg is, as SQL spells it; empty where this database does not offer it."""
    found = await database.records(load_sql("chatly_console.explain", "hypopg_schema"))
    return str(found[0]["schema"]) if found else ""


def can_be_pretended(trial: Trial) -> bool:
    """Whether it is an index of a kind that hypopg knows."""
    return bool(trial.index) and trial.method in PRETENDED


async def suppose(database: Database, run: PlanRun, trial: Trial, schema: str) -> Supposition:
    """Plan the statement as it is and with the index of `trial` pretended; raises `Failure`."""
    if not can_be_pretended(trial):
        raise Failure(f"hypopg cannot pretend {trial.index or 'this'}.", FailureKind.USAGE)
    explain = explain_statement(run.sql, PlanOptions(), database.facts.version_number)
    request = Request("", statement_timeout=TIME_LIMIT, lock_timeout=LOCK_LIMIT)
    async with database.series(request) as series:
        before = await _plan(series, explain, run)
        try:
            pretend = (
                f"select indexname, {schema}.hypopg_relation_size(indexrelid) from {schema}.hypopg_create_index($1)"
            )
            made = [(await series.run(pretend, statement)).rows[0] for statement in trial.statements]
            after = await _plan(series, explain, run)
        finally:
            await series.run(f"select {schema}.hypopg_reset()")  # what it pretends outlives a rollback
    names, size = {name for name, _ in made}, sum(float(bytes_ or 0) for _, bytes_ in made)
    used = any(node.index in names for node in after.nodes)
    words = f"hypothetical: {'; '.join(trial.statements)}, pretended by hypopg; costs of the planner, nothing was run"
    comparison = compare(analyse(before), analyse(after), words)
    return Supposition(comparison, size / 1024 / 1024, used)


async def _plan(series: Series, explain: str, run: PlanRun) -> Plan:
    timed = await series.run(explain, *run.arguments)
    return read_plans("\n".join(row[0] or "" for row in timed.rows))[0]
