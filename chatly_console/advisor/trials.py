"""Trials of the most promising indexes in transactions that are rolled back: each alone, then the chosen together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from chatly_console.advisor.candidate import Candidate
from chatly_console.advisor.measuring import Measured, measure, strength_note
from chatly_console.advisor.tried import Combination, Looked, Tier, Tried, ranked, with_worst
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.server.database import Database

_MOST_MEASURED = 8
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
                new = replace(one, tier=Tier.MEASURED, megabytes=found.megabytes, build_seconds=found.build_seconds)
                tried[tried.index(one)] = with_worst(new, found.sets)
        note = strength_note(self.identity)
        self.notes += [note] if note else []
        return tried

    async def together(self, combination: Combination | None) -> Combination | None:
        """The indexes that the planner's costs put together, built and measured together once."""
        if combination is None or not self._may_run:
            return combination
        found = await self._measured(combination.candidates)
        if found is None:
            return combination
        worst = max(found.sets, key=lambda one: one.after.ms or 0.0)
        return replace(combination, before=worst.before, after=worst.after)

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


def _worth_building(tried: Sequence[Tried]) -> list[Tried]:
    """Those that the planner would use, the most promising first, and those of which only a trial tells."""
    unknown = [one for one in tried if one.tier is Tier.ESTIMATED and not one.is_used]
    useful = [one for one in ranked(tried) if one.is_used]
    return [*unknown, *useful][:_MOST_MEASURED]
