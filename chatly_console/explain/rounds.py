"""Measures a statement without and with a change, in turn, so that whatever else the machine does meets both alike.

Each round is one run as it is and one with the change, which is then undone to a savepoint; that also lets go of the
locks that it took, so that others get their turn between the rounds. Caches are warmed before the first run of each.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median_low

from chatly_console.explain.parsing import read_plans
from chatly_console.explain.plan import Plan
from chatly_console.explain.wording import milliseconds
from chatly_console.server.series import Series

ROUNDS = 3
SLOW_CHANGE = 2.0
"""Seconds: a change that takes longer is made only once, between the runs without it."""
_SAVEPOINT = "chatly_trial"

Change = Callable[[], Awaitable[None]]
Arguments = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Rounds:
    """The plans of all runs that count, in the order in which they were run."""

    before: tuple[Plan, ...]
    after: tuple[Plan, ...]
    change_seconds: float
    """How long the change took the first time."""
    held_seconds: float
    """For how long at most the change's locks were held in one piece."""
    changes: int
    """How often it was made: in every round, or once where it is slow."""

    @property
    def how(self) -> str:
        """How they were measured."""
        how = f"{self.changes} rounds in turn" if self.changes > 1 else "runs without the change on both sides of it"
        return f"median of {how}, warm"

    @property
    def words(self) -> str:
        """How they were measured, with the time of every run."""
        return f"{self.how}: {_times(self.before)} before, {_times(self.after)} after"


def _times(plans: tuple[Plan, ...]) -> str:
    return ", ".join(milliseconds(plan.execution_ms or 0.0) for plan in plans)


def middle(plans: tuple[Plan, ...]) -> Plan:
    """The plan of the run with the median time."""
    times = [plan.execution_ms or 0.0 for plan in plans]
    return plans[times.index(median_low(times))]


async def measure_in_turn(
    series: Series, sql: str, arguments: Arguments, change: Change, progress: Callable[[str], None]
) -> Rounds:
    """Run `sql`, an EXPLAIN ANALYZE in JSON, without and with what `change` does in the transaction of `series`."""
    before: list[Plan] = []
    after: list[Plan] = []
    first = held = 0.0
    changes = 0
    await _runs(series, sql, arguments, 1)
    while len(after) < ROUNDS:
        progress(f"measuring, round {changes + 1}")
        before += await _runs(series, sql, arguments, 1)
        await series.run(f"savepoint {_SAVEPOINT}")
        began = time.monotonic()
        await change()
        spent = time.monotonic() - began
        first = first or spent
        left = ROUNDS - len(after) if spent > SLOW_CHANGE else 1
        after += (await _runs(series, sql, arguments, left + 1))[1:]
        await series.run(f"rollback to savepoint {_SAVEPOINT}")
        held = max(held, time.monotonic() - began)
        changes += 1
    if len(before) < ROUNDS:
        before += await _runs(series, sql, arguments, ROUNDS - len(before))
    return Rounds(tuple(before), tuple(after), first, held, changes)


async def _runs(series: Series, sql: str, arguments: Arguments, times: int) -> list[Plan]:
    timed = await series.repeat(sql, [arguments] * times)
    return [read_plans("\n".join(row[0] or "" for row in one.rows))[0] for one in timed]
