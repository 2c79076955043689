"""Who does the work of the isolation proof: two connections that take one witness after the other.

The second one helps where there is room for it. Where the two were in each other's way (each undoes at once what it
did, but a lock may be met), the witness is tried again once the first is alone.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from chatly_console.core.failure import Failure
from chatly_console.policies.isolation.calls import bypasses_of
from chatly_console.policies.isolation.grants import GrantTrial
from chatly_console.policies.isolation.proof import Proof
from chatly_console.policies.isolation.trial import Outcome, Plan, Trial, Turn
from chatly_console.server.database import Database
from chatly_console.server.rehearsal import Rehearsal

Progress = Callable[[int, int], None]
_LOCK_TIMEOUT = 0.1
"""Seconds to wait for somebody else's lock: a row that others work on is told, not waited for."""


class Crew:
    """Takes the turns of all witnesses, and tells the progress in witnesses."""

    def __init__(
        self, database: Database, plan: Plan, turns: Sequence[Turn], progress: Progress, timeout: float
    ) -> None:
        self._database, self._plan, self._timeout = database, plan, timeout
        self._left, self._again, self._count = deque(turns), list[Turn](), len(turns)
        self._first_of_role = {turn.witness.identity.role or "": turn.witness for turn in reversed(turns)}
        self._outcomes: dict[int, Outcome] = {}
        self._trials: list[Trial] = []
        self._progress = progress
        self._helps = False
        """Whether the second connection is there; until then nobody waits for it."""

    async def work(self, proof: Proof) -> None:
        """Do it all, and note in the proof what came of it."""
        grants = GrantTrial(self._plan, self._first_of_role)
        async with self._open() as rehearsal:
            trial = self._new_trial()
            await grants.read(rehearsal)  # before there are temporary objects of ours
            proof.errors += await trial.prepare(rehearsal)
            proof.leaks += await grants.attempt(rehearsal)
            helper = asyncio.create_task(self._help())
            try:
                await self._take_turns(trial, rehearsal)
                if self._helps:
                    await helper
            finally:
                helper.cancel()
                await asyncio.gather(helper, return_exceptions=True)
            self._left, self._again = deque([*self._left, *self._again]), []
            await self._take_turns(trial, rehearsal, alone=True)
        for _, outcome in sorted(self._outcomes.items()):
            proof.leaks += outcome.leaks
            proof.errors += outcome.errors
        proof.written = tuple(t.relation.full_name for t in trial.writing.targets)
        proof.writes = sum(t.writing.attempted for t in self._trials) + grants.attempted
        proof.calls = sum(t.calling.calls for t in self._trials)
        proof.bypasses = [*grants.bypasses(), *bypasses_of([t.calling for t in self._trials])]

    def _open(self) -> Rehearsal:
        return self._database.rehearse(timeout=self._timeout, lock_timeout=_LOCK_TIMEOUT)

    def _new_trial(self) -> Trial:
        trial = Trial(self._plan)
        self._trials.append(trial)
        return trial

    async def _help(self) -> None:
        """A connection more; whatever keeps it from helping, the first does the rest, and meets it too."""
        try:
            async with self._open() as rehearsal:
                self._helps = True
                trial = self._new_trial()
                await trial.prepare(rehearsal)
                await self._take_turns(trial, rehearsal)
        except Failure:
            return

    async def _take_turns(self, trial: Trial, rehearsal: Rehearsal, *, alone: bool = False) -> None:
        while self._left:
            turn = self._left.popleft()
            try:
                outcome = await trial.attempt(rehearsal, turn)
            except BaseException:
                self._left.append(turn)
                raise
            if outcome.was_held_up and not alone:
                self._again.append(turn)
            else:
                self._outcomes[turn.number] = outcome
                self._progress(len(self._outcomes), self._count)
            await asyncio.sleep(0)
