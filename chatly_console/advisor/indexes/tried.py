"""What came of trying an index: how it was come by, before and after side by side, and whether it pays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.table_info import TableInfo
from chatly_console.explain.advice import Finding
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.plan import Plan
from chatly_console.explain.service import PlanRun

ACCEPTED = 0.5
"""An index is proposed where the cost (or time and blocks) after it is at most this part of that before."""
LEAST_SAVED = 100.0
"""Units of the planner's cost that it must save at least."""
LEAST_BLOCKS = 32.0
"""Blocks that it must save at least where it was measured: unlike the time of a quick statement they are no chance."""
ABOUT_AS_QUICK = 2.0
AS_LITTLE = 1.5
"""Of indexes that differ by less than these factors, of time or of blocks, the smaller one is better."""


class Tier(Enum):
    """How a result was come by."""

    HYPOTHETICAL = "hypothetical"
    ESTIMATED = "estimated"
    SAMPLED = "sampled"
    MEASURED = "measured"
    BUILT = "built"

    @property
    def words(self) -> str:
        """What that means."""
        return _MEANINGS[self]


_MEANINGS = {
    Tier.HYPOTHETICAL: "the planner's cost with an index that hypopg pretends",
    Tier.ESTIMATED: "by formula from the planner's row estimate; nothing was built",
    Tier.SAMPLED: "the planner's cost on a copy of some rows, scaled up; the copy was rolled back",
    Tier.MEASURED: "built, run and rolled back: times and blocks are real",
    Tier.BUILT: "it is there now: the statement as it was before, and as it is with it",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a statement costs: the planner's units, milliseconds, blocks of 8 kB; None where it was not run."""

    cost: float
    ms: float | None = None
    blocks: float | None = None
    scanned_per_row: float | None = None
    """Rows that its scans looked at for each row that it returned."""
    temp_blocks: float | None = None


def figures_of(plan: Plan) -> Figures:
    """The figures of a plan."""
    root = plan.root
    if plan.execution_ms is None:
        return Figures(root.number("Total Cost"))
    looked = sum(
        ((node.rows or 0.0) + node.number("Rows Removed by Filter") + node.number("Rows Removed by Index Recheck"))
        * (node.loops or 0.0)
        for node in plan.nodes
        if node.relation and node.kind.endswith("Scan")
    )
    returned = max((root.rows or 0.0) * (root.loops or 1.0), 1.0)
    return Figures(
        root.number("Total Cost"), plan.execution_ms,
        root.number("Shared Hit Blocks") + root.number("Shared Read Blocks"), looked / returned,
        root.number("Temp Read Blocks") + root.number("Temp Written Blocks"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Served:
    """One of several statements that an index makes quicker; `weight` is what it took in all, in milliseconds.

    `sql` has values for its parameters, `on_record` is how it was asked.
    """

    sql: str
    calls: int
    weight: float
    cost_before: float
    cost_after: float
    values: str = ""
    """The set of values, of several, with which the index does least for it."""
    hours: float = 0.0
    """The time that the counters cover; 0 where it is not known."""
    on_record: str = ""

    @property
    def saved_ms(self) -> float:
        """What it would have saved, if time goes as cost does."""
        return self.weight * (1 - self.cost_after / self.cost_before) if self.cost_before else 0.0

    @property
    def pays(self) -> bool:
        """Whether it is worth an index for this statement alone."""
        saved = self.cost_before - self.cost_after
        return self.cost_after <= self.cost_before * ACCEPTED and saved >= LEAST_SAVED


@dataclass(frozen=True, slots=True)
class WithValues:
    """What an index does to a statement with one set of values for its parameters; `values` says which."""

    values: str
    before: Figures
    after: Figures
    is_used: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A candidate and what it would do, before and after."""

    candidate: Candidate
    tier: Tier
    before: Figures
    after: Figures
    megabytes: float | None = None
    build_seconds: float | None = None
    is_used: bool = True
    serves: tuple[Served, ...] = ()
    """Which statements it serves, where there were several."""
    by_values: tuple[WithValues, ...] = ()
    """Where the statement has parameters: each set of values; `before` and `after` are those of the worst."""
    writers_waited: float | None = None
    """Seconds for which writers of the table could wait for the trial; None where nothing was built."""
    needs: tuple[Candidate, ...] = ()
    """The other indexes without which it is worth nothing; `before` and `after` are then those of all together."""

    @property
    def pays(self) -> bool:
        """Whether it is worth proposing."""
        before, after = self.before, self.after
        if not self.is_used:
            return False
        if self.serves:
            return any(served.pays for served in self.serves)
        if before.ms and before.blocks and after.ms is not None and after.blocks is not None:
            enough = before.blocks - after.blocks >= LEAST_BLOCKS
            return enough and after.ms <= before.ms * ACCEPTED and after.blocks <= before.blocks * ACCEPTED
        return after.cost <= before.cost * ACCEPTED and before.cost - after.cost >= LEAST_SAVED

    @property
    def saved_ms(self) -> float:
        """What it would have saved of the time of all statements that it serves."""
        return sum(served.saved_ms for served in self.serves)

    @property
    def hours(self) -> float:
        """The time in which what it would have saved was spent; 0 where that is not known."""
        return max((served.hours for served in self.serves), default=0.0)

    @property
    def left(self) -> float:
        """What is left with it: milliseconds where it was measured, else cost."""
        return max(self.after.ms if self.after.ms is not None else self.after.cost, 0.05)


def with_worst(tried: Tried, sets: Sequence[WithValues]) -> Tried:
    """The same with what it does with each set of values; the worst of them, which is the slowest, counts."""
    worst = max(sets, key=lambda one: one.after.cost if one.after.ms is None else one.after.ms)
    shown = tuple(sets) if len(sets) > 1 else ()
    return replace(tried, before=worst.before, after=worst.after, is_used=worst.is_used, by_values=shown)


def ranked(tried: Iterable[Tried]) -> list[Tried]:
    """What pays first: measured before guessed, what saves most, and of those about as quick the smallest."""
    everything = list(tried)
    ordered: list[Tried] = []
    for pays in (True, False):
        rest = sorted((one for one in everything if one.pays is pays), key=_rough)
        while rest:
            alike = [one for one in rest if _is_about_as_quick(one, rest[0])]
            ordered += sorted(alike, key=lambda one: (one.megabytes or 0.0, len(one.candidate.keys), one.left))
            rest = [one for one in rest if one not in alike]
    return ordered


def _rough(one: Tried) -> tuple[bool, float, float]:
    return one.tier is not Tier.MEASURED, -one.saved_ms, one.left


def _is_about_as_quick(one: Tried, best: Tried) -> bool:
    if (one.tier is Tier.MEASURED) is not (best.tier is Tier.MEASURED):
        return False
    if one.serves or best.serves:
        return one is best or one.saved_ms * 1.1 >= best.saved_ms
    mine, its = one.after.blocks, best.after.blocks
    reads_as_little = mine is not None and its is not None and mine <= its * AS_LITTLE
    return one.left <= best.left * ABOUT_AS_QUICK or reads_as_little


@dataclass(frozen=True, slots=True)
class Step:
    """What one more index was measured to do beside those before it; several, where one alone is worth nothing."""

    added: tuple[Candidate, ...]
    after: Figures


@dataclass(frozen=True, slots=True)
class Combination:
    """Indexes that together win more than the best of them alone, in the order of their worth."""

    candidates: tuple[Candidate, ...]
    cost_before: float
    cost_after: float
    before: Figures | None = None
    after: Figures | None = None
    """What all of them together were measured to do; None where they were not built."""
    steps: tuple[Step, ...] = ()
    """How they were put together, where that was measured."""
    megabytes: float | None = None
    """Of all of them, where they were built."""


Given = tuple[str | None, ...]
"""Values for `$1 ...` in their order; empty where nobody gave any."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement to find indexes for; the counters are 1 and 0 for one that somebody typed."""

    sql: str
    calls: int = 1
    total_ms: float = 0.0
    hours: float = 0.0
    """The time that the counters cover; 0 where it is not known."""
    given: Given = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """A statement with its plan as it is, and what could be tried for it."""

    asked: Asked
    run: PlanRun
    analysis: Analysis
    first: tuple[Finding, ...]
    """What comes before any index: statistics, and ways to write it that beat one."""
    candidates: tuple[Candidate, ...]
    values: str = ""
    """Which values its parameters were given; empty where it has none."""
    tables: tuple[TableInfo, ...] = ()
    """What it reads."""

    @property
    def weight(self) -> float:
        """The time that all its calls took, in milliseconds."""
        return self.asked.total_ms or self.run.plan.execution_ms or 1.0


@dataclass(frozen=True, slots=True)
class IndexAdvice:
    """What came of it; `tried` has the best first, `skipped` the statements that could not be planned, and why."""

    looked: tuple[Looked, ...]
    tried: tuple[Tried, ...]
    together: Combination | None = None
    notes: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    waits_for_statistics: bool = False
    """Whether no index was looked for, because the statistics come first."""
    about: str = ""
    """What was looked at, where it is more than one statement."""

    @property
    def is_of_many(self) -> bool:
        """Whether it is about more than one statement that was asked."""
        return bool(self.about)

    @property
    def first(self) -> tuple[Finding, ...]:
        """What comes before any index, of all statements."""
        return tuple(finding for looked in self.looked for finding in looked.first)

    @property
    def proposals(self) -> tuple[Tried, ...]:
        """The indexes that pay."""
        return tuple(one for one in self.tried if one.pays)
