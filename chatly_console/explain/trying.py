"""Tries a proposed change in a transaction that is rolled back, and measures the statement without and with it.

An index that is built in a transaction is used in it like any other, but its table's writers wait until the end.
So this is only for tables of moderate size, with short limits, and after a consent that is typed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request
from chatly_console.explain import built_index
from chatly_console.explain.advice import Finding
from chatly_console.explain.analysis import analyse
from chatly_console.explain.built_index import BuiltIndex
from chatly_console.explain.diff import Comparison, compare
from chatly_console.explain.migration import migration_of
from chatly_console.explain.rounds import Rounds, measure_in_turn, middle
from chatly_console.explain.running import PlanOptions, explain_statement
from chatly_console.explain.service import PlanRun
from chatly_console.explain.wording import milliseconds
from chatly_console.server.database import Database
from chatly_console.server.series import Series
from chatly_console.server.sql_files import load_sql

LARGEST_MB = 256.0
"""A larger table is not blocked for a trial."""
TIME_LIMIT = 15.0
LOCK_LIMIT = 0.5
"""Seconds for each statement, and for the lock on the table."""

_SETTING = re.compile(r"set local ([a-z_]+) = '?([^';]+)'?;")
_ANALYZE = re.compile(r"^analyze (.+);$", re.MULTILINE)
_INDEX_NAME = re.compile(r"create index (\S+) on (\S+)(?: using (\w+))?", re.IGNORECASE)
_STATISTICS_TABLE = re.compile(r" from (\S+);")


@dataclass(frozen=True, slots=True)
class Trial:
    """A change to try: statements, settings for the transaction, and the table whose writers would wait, if any."""

    statements: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    table: str
    index: str = ""
    method: str = "btree"

    @property
    def names(self) -> tuple[str, ...]:
        """Its indexes by their full names: they are in the schema of their table."""
        schema, dot, _ = self.table.rpartition(".")
        found = [_INDEX_NAME.search(statement) for statement in self.statements] if self.index else []
        return tuple(f"{schema}{dot}{one[1]}" for one in found if one)

    @property
    def blocks_writers(self) -> bool:
        """Whether writers of the table wait while it is tried."""
        return bool(self.index)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial has shown."""

    comparison: Comparison
    trial: Trial
    rounds: Rounds
    index_mb: float
    is_used: bool
    """Whether the plan after the change uses the new index; True where there is none."""
    waits_for: str = ""
    """Why the planner could not use the index yet, whether or not it helps; empty where nothing is in its way."""

    @property
    def build_seconds(self) -> float:
        """How long the change took."""
        return self.rounds.change_seconds

    @property
    def sentence(self) -> str:
        """`Measured (rolled back): 771 ms → 0.05 ms · 18,523 → 8 blocks · index of 42 MB, built in 1.3 s ...`."""
        before, after = self.comparison.before, self.comparison.after
        parts = [f"{milliseconds(before.timing.whole_ms)} → {milliseconds(after.timing.whole_ms)}"]
        touched = [
            sum(a.plan.root.number(f"Shared {kind} Blocks") for kind in ("Hit", "Read")) for a in (before, after)
        ]
        parts.append(f"{touched[0]:,.0f} → {touched[1]:,.0f} blocks")
        if self.trial.index:
            parts.append(f"{self.index_mb:,.1f} MB of index, built in {self.build_seconds:.1f} s")
            parts.append(f"writers could wait {self.rounds.held_seconds:.1f} s")
        words = f"Measured (rolled back): {' · '.join(parts)}."
        if self.waits_for:
            return f"{words} {self.waits_for}"
        return words if self.is_used else f"{words} The planner did not use the index."


def trial_of(finding: Finding) -> Trial:
    """What there is to try of a finding; raises `Failure` where it proposes nothing that can be rolled back."""
    settings = tuple(_SETTING.findall(finding.fix))
    if settings:
        return Trial((), settings, "")
    analyzed = _ANALYZE.search(finding.sql)
    if analyzed and "create" not in finding.sql:
        return Trial((f"analyze {analyzed[1]}",), (), analyzed[1])
    if not finding.sql or finding.sql.startswith("vacuum"):
        raise Failure("This advice cannot be tried in a transaction.", FailureKind.USAGE)
    up = migration_of(finding).up.replace("concurrently ", "").replace("if not exists ", "")
    statements = tuple(part.strip() for part in re.split(r";\s*(?:\n|$)", up) if part.strip())
    index, statistics = _INDEX_NAME.search(up), _STATISTICS_TABLE.search(up)
    if index:
        return Trial(statements, (), index[2], index[1], index[3] or "btree")
    return Trial(statements, (), statistics[1] if statistics else "")


async def may_try(database: Database, trial: Trial) -> str:
    """What the user should know before he agrees; raises `Failure` where it must not be tried here."""
    if not trial.table:
        return "Only settings of one transaction are changed."
    found = await database.records(load_sql("chatly_console.explain", "table_gate"), trial.table)
    if not found:
        raise Failure(f"{trial.table} is not there.", FailureKind.SQL)
    gate = found[0]
    megabytes = gate["megabytes"] if isinstance(gate["megabytes"], int | float) else 0.0
    refusals = (
        (gate["in_recovery"], "This server is a standby: nothing can be tried on it."),
        (not gate["is_ours"], f"{trial.table} belongs to somebody else."),
        (megabytes > LARGEST_MB, f"{trial.table} has {megabytes:,.0f} MB: its writers would wait too long."),
        (gate["waiting"], f"Others wait for {trial.table} just now."),
    )
    for refused, why in refusals:
        if refused:
            raise Failure(f"{why} It was not tried.", FailureKind.REFUSED, hint="m writes it as a migration.")
    if trial.blocks_writers:
        words = f"The index is built on {megabytes:,.0f} MB, measured and rolled back."
        return f"{words} Until then writers of the table wait."
    return "It is done, measured and rolled back; nobody waits for it."


async def try_change(
    database: Database, run: PlanRun, trial: Trial, progress: Callable[[str], None] = lambda words: None
) -> Outcome:
    """Measure the statement without and with the change, in turn, and roll everything back."""
    if run.mode is not Mode.READ_ONLY:
        raise Failure("Only a statement that reads can be measured before and after.", FailureKind.USAGE)
    request = Request("", (), mode=Mode.ROLLED_BACK, statement_timeout=TIME_LIMIT, lock_timeout=LOCK_LIMIT)
    sql = explain_statement(run.sql, PlanOptions(analyze=True), database.facts.version_number)
    built = _Built()
    async with database.series(request) as series:

        async def change() -> None:
            for statement in trial.statements:
                await series.run(statement)
            await series.set(*trial.settings)
            if trial.index:
                await built.look(series, trial)

        rounds = await measure_in_turn(series, sql, run.arguments, change, progress)
    after = middle(rounds.after)
    used = not trial.index or any(node.index in built.names for node in after.nodes)
    change_words = "; ".join([*trial.statements, *(f"{name} = {value}" for name, value in trial.settings)])
    comparison = compare(analyse(middle(rounds.before)), analyse(after), f"{change_words}: {rounds.words}")
    return Outcome(comparison, trial, rounds, built.megabytes, used, "" if used else built.waits_for)


class _Built:
    """What the catalogue says of the indexes that were built for the trial."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self.waits_for = ""
        self.names: frozenset[str] = frozenset()

    async def look(self, series: Series, trial: Trial) -> None:
        """Look once more: each round builds anew."""
        self.megabytes = 0.0
        for name in trial.names:
            for row in (await series.run(load_sql("chatly_console.explain", built_index.SQL), name)).rows:
                built = BuiltIndex.of(row)
                self.megabytes += built.megabytes
                self.names |= built.names
                self.waits_for = built.obstacle or self.waits_for
