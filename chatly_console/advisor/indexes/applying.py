"""Builds an index for good, looks at its statement again, and notes both on this machine."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from chatly_console.advisor.indexes.building import Built, Tell, build_index, is_left
from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.notebook import Note, strike, write_note
from chatly_console.advisor.indexes.partitions import remains_of, script_text
from chatly_console.advisor.indexes.tried import Figures, IndexAdvice, Looked, Tried, figures_of
from chatly_console.core.failure import Failure
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode
from chatly_console.explain.running import PlanOptions
from chatly_console.explain.service import PlanRun, run_plan
from chatly_console.server.database import Database
from chatly_console.server.lease import in_any_case

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An index that is there now: the statement as it was before it, and as it is with it."""

    built: Built
    before: Figures
    after: Figures
    is_used: bool


async def apply(
    database: Database, advice: IndexAdvice, tried: Tried, identity: Identity, notes: Path, tell: Tell
) -> Outcome:
    """Build an index that was tried, measure its statement once more, and note it in the file `notes`.

    Raises `Failure`, or is cancelled: then nothing of the index is left, or the note says what is.
    """
    looked = advice.looked[0]
    served = max(tried.serves, key=lambda one: one.saved_ms, default=None)
    asked = served.sql if served is not None else looked.run.sql
    candidate = tried.candidate
    note = Note(candidate.qualified_name, candidate.on, script_text(candidate), candidate.undo, asked, time.time(),
                () if candidate.broken else remains_of(candidate)[1:])  # fmt: skip
    await _written(lambda: write_note(notes, note))
    try:
        built = await build_index(database, candidate, tell)
    except (Failure, asyncio.CancelledError):
        await in_any_case(_forgotten(database, candidate, notes))
        raise
    run = await _looked_at_again(database, advice, looked, asked, identity)
    names = {candidate.name, *(name.rpartition(".")[2].strip('"') for name in remains_of(candidate))}
    reads = sum(node.loops or 0.0 for node in run.plan.nodes if node.index in names)
    is_used = any(node.index in names for node in run.plan.nodes)
    after = figures_of(run.plan)
    before = Figures(served.cost_before) if served is not None else figures_of(looked.run.plan)
    done = replace(note, is_done=True, before=before, after=after, own_scans=reads * (len(run.times_ms) + 1))
    await _written(lambda: write_note(notes, done))
    return Outcome(built, before, after, is_used)


async def _looked_at_again(
    database: Database, advice: IndexAdvice, looked: Looked, asked: str, identity: Identity
) -> PlanRun:
    """The statement's plan with the index; run only where it was run before, and what it writes is rolled back."""
    analyze = looked.run.options.analyze and not advice.is_of_many
    mode = looked.run.mode if analyze else Mode.READ_ONLY
    return await run_plan(database, asked, PlanOptions(analyze=analyze), identity=identity, mode=mode)


async def _forgotten(database: Database, candidate: Candidate, notes: Path) -> None:
    """Take the note away where nothing is left of the build."""
    try:
        if not await is_left(database, candidate):
            await _written(lambda: strike(notes, candidate.qualified_name))
    except Failure:
        return  # the server is gone: the note stays, and the next look tells what is left


async def _written(write: Callable[[], None]) -> None:
    """A disk that refuses must not keep an index from being built."""
    try:
        await asyncio.to_thread(write)
    except OSError:
        log.warning("The notes of what was built cannot be written", exc_info=True)
