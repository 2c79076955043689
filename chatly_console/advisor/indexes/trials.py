"""Trials of the most promising indexes in transactions that are rolled back: each alone, then one beside the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.combining import LEAST_PART, Indexes, teams_of
from chatly_console.advisor.indexes.measuring import Measured, measure, strength_note
from chatly_console.advisor.indexes.tried import Combination, Figures, Looked, Step, Tier, Tried, ranked, with_worst
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.server.database import Database

_MOST_MEASURED = 8
_MOST_BESIDE = 3
"""So many are tried beside those that were chosen before; each trial makes writers wait once more."""
_GOES_ON = (FailureKind.LINK, FailureKind.CANCELLED)


@dataclass
class Trials:
    """Builds and measures as one identity, for a statement with each set of its values; `notes` say what could not."""

    database: Database
    sets: Sequence[Looked]
    identity: Identity
    progress: Callable[[str], None]
    notes: list[str] = field(default_factory=list)

    @property
    def _may_run(self) -> bool:
        return all(looked.run.options.analyze for looked in self.sets)

    async def alone(self, tried: list[Tried]) -> list[Tried]:
        """The most promising ones, one after the other."""
        if not self._may_run:
            self.notes.append("A statement that is not run cannot be measured.")
            return tried
        for one in _worth_building(tried):
            found = await self._measured([one.candidate])
            if found is not None:
                new = replace(one, tier=Tier.MEASURED, megabytes=found.megabytes, build_seconds=found.build_seconds,
                              writers_waited=found.writers_waited)  # fmt: skip
                tried[tried.index(one)] = with_worst(new, found.sets)
        note = strength_note(self.identity)
        self.notes += [note] if note else []
        return tried

    async def together(self, tried: Sequence[Tried], supposed: Combination | None) -> Combination | None:
        """The best, then what wins most beside it, and so on, as long as each wins a tenth of the time that there was.

        What is tried beside the best are the indexes that the planner's costs put together with it, and those that
        were measured to help another part of the plan.
        """
        if not self._may_run:
            return supposed
        chosen, steps, before, megabytes = await self._first(tried)
        while steps:
            found = [(option, await self._measured([*chosen, *option]))
                     for option in self._options(tried, supposed, chosen)]  # fmt: skip
            done = [(option, _worst(one), one) for option, one in found if one is not None]
            if not done:
                break
            option, after, whole = min(done, key=lambda one: one[1].ms or 0.0)
            if not _wins(steps[-1].after, after, before):
                break
            chosen, megabytes = (*chosen, *option), whole.megabytes
            steps = (*steps, Step(option, after))
        if len(chosen) < 2:
            if supposed is not None and steps:
                names = " and ".join(one.name for one in supposed.candidates)
                self.notes.append(f"Measured, {names} together win nothing over {chosen[0].name} alone.")
            return None if steps else supposed
        costs = (before.cost, steps[-1].after.cost)
        return Combination(chosen, *costs, before, steps[-1].after, steps, megabytes)

    async def _first(self, tried: Sequence[Tried]) -> tuple[Indexes, tuple[Step, ...], Figures, float]:
        """What is best to begin with: one that was measured alone, or several that help only together."""
        best = next((one for one in ranked(tried) if one.tier is Tier.MEASURED and one.pays), None)
        if best is not None:
            begun = (Step((best.candidate,), best.after),)
            return (best.candidate,), begun, best.before, best.megabytes or 0.0
        for team in teams_of(self.sets):
            found = await self._measured(team)
            if found is not None:
                worst = max(found.sets, key=lambda one: one.after.ms or 0.0)
                if _wins(worst.before, worst.after, worst.before):
                    return team, (Step(team, worst.after),), worst.before, found.megabytes
        return (), (), Figures(0.0), 0.0

    def _options(self, tried: Sequence[Tried], supposed: Combination | None, chosen: Indexes) -> list[Indexes]:
        served = {node.id for one in chosen for node in one.nodes}
        singles = [one for one in (supposed.candidates if supposed else ()) if one.arm is None]
        singles += [
            one.candidate
            for one in ranked(tried)
            if one.tier is Tier.MEASURED and one.is_used and not served & {node.id for node in one.candidate.nodes}
        ]
        options: list[Indexes] = [(one,) for one in singles]
        options += [team for team in teams_of(self.sets) if not served & {node.id for node in team[0].nodes}]
        known = {one.on for one in chosen}
        fresh = [option for option in options if not {one.on for one in option} <= known]
        fresh = [o for o in fresh if not all(any(kept.serves_as(one) for kept in chosen) for one in o)]
        return list({tuple(one.on for one in option): option for option in fresh}.values())[:_MOST_BESIDE]

    async def _measured(self, indexes: Sequence[Candidate]) -> Measured | None:
        names = " and ".join(index.name for index in indexes)
        self.progress(f"building and measuring {names}")
        try:
            return await measure(self.database, self.sets, indexes, self.identity)
        except Failure as failure:
            if failure.kind in _GOES_ON:
                raise
            self.notes.append(f"{names} {'were' if len(indexes) > 1 else 'was'} not measured: {failure.sentence}")
            return None


def _worst(measured: Measured) -> Figures:
    return max(measured.sets, key=lambda one: one.after.ms or 0.0).after


def _wins(now: Figures, after: Figures, before: Figures) -> bool:
    """Whether a tenth of the time and of the blocks that there were at first is won; the clock alone may be chance."""
    time = (now.ms or 0.0) - (after.ms or 0.0) >= (before.ms or 0.0) * LEAST_PART
    blocks = (now.blocks or 0.0) - (after.blocks or 0.0) >= (before.blocks or 0.0) * LEAST_PART
    return time and blocks


def _worth_building(tried: Sequence[Tried]) -> list[Tried]:
    """Those that the planner would use, the most promising first, and those of which only a trial tells."""
    alone = [one for one in tried if one.candidate.arm is None]
    unknown = [one for one in alone if one.tier is Tier.ESTIMATED and not one.is_used]
    useful = [one for one in ranked(alone) if one.is_used]
    return [*unknown, *useful][:_MOST_MEASURED]
