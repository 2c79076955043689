"""What came of the indexes that were built here: used, not used for a week, gone, or left half-built."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from chatly_console.advisor.checks import BY_NAME, Finding
from chatly_console.advisor.indexes.notebook import Note, read_notes, strike
from chatly_console.advisor.indexes.report import moved
from chatly_console.core.durations import age_words
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

PATIENCE = 7 * 86400.0
"""Seconds after which an index that was not read once had better go."""
_UNUSED, _CUT_OFF = BY_NAME["applied_index_unused"], BY_NAME["applied_index_cut_off"]


class State(Enum):
    """How it stands."""

    USED = "used"
    NEW = "not used yet"
    UNUSED = "not used"
    CUT_OFF = "cut off"
    BUILDING = "being built"


@dataclass(frozen=True, slots=True)
class Applied:
    """An index that was built here, and what came of it."""

    note: Note
    state: State
    scans: float
    """How often it was read, but for our own measuring."""
    watched: float
    """Seconds for which that was counted."""
    megabytes: float
    left: tuple[str, ...] = ()
    """What a build that was cut off has left."""

    @property
    def words(self) -> str:
        """What came of it, in one sentence."""
        built = f"it was built {_ago(self.note.at)}"
        return {
            State.USED: f"read {self.scans:,.0f} times in {age_words(self.watched)}; {built}",
            State.NEW: f"not read yet; {built}, after 7 days that will be told",
            State.UNUSED: f"not read once in {age_words(self.watched)}; {built}",
            State.CUT_OFF: f"its build was cut off {_ago(self.note.at)}, and has left {', '.join(self.left)}",
            State.BUILDING: f"its build began {_ago(self.note.at)}",
        }[self.state]

    @property
    def effect(self) -> str:
        """What it was measured to do when it was built."""
        before, after = self.note.before, self.note.after
        return moved(before, after) if before is not None and after is not None else ""


def _ago(at: float) -> str:
    return f"{age_words(time.time() - at)} ago"


async def look_again(database: Database, path: Path) -> list[Applied]:
    """What came of each index that is noted in `path`, the latest first; what is gone is taken out of the notes."""
    notes = await asyncio.to_thread(read_notes, path)
    if not notes:
        return []
    names = sorted({name for note in notes for name in (note.index, *note.remains)})
    rows: Any = await database.records(load_sql("chatly_console.advisor", "applied_indexes"), "\n".join(names))
    found = {row["name"]: row for row in rows}
    judged = {note.index: _judged(note, found) for note in notes}
    for index in (index for index, one in judged.items() if one is None):
        await asyncio.to_thread(strike, path, index)
    return sorted((one for one in judged.values() if one is not None), key=lambda one: -one.note.at)


def _judged(note: Note, found: dict[str, Any]) -> Applied | None:
    """How it stands; None where nothing of it is there any more."""
    row = found[note.index]
    own = (note.index, *note.remains)
    if not row["valid"]:
        left = tuple(name for name in own if found[name]["there"])
        building = any(found[name]["building"] for name in own)
        return Applied(note, State.BUILDING if building else State.CUT_OFF, 0.0, 0.0, 0.0, left) if left else None
    was_reset = (row["since"] or 0.0) > note.at
    watched = max(time.time() - max(note.at, row["since"] or 0.0), 0.0)
    scans = max(row["scans"] - (0.0 if was_reset else note.own_scans), 0.0)
    state = State.USED if scans else State.UNUSED if watched >= PATIENCE else State.NEW
    return Applied(note, state, scans, watched, row["megabytes"])


def findings_of(applied: Sequence[Applied]) -> list[Finding]:
    """What of them somebody has to do something about."""
    found = []
    for one in applied:
        schema, _, _ = one.note.index.partition(".")
        if one.state is State.UNUSED:
            effect = f"; measured then: {one.effect}" if one.effect else ""
            asked = " ".join(one.note.statement.split())[:200]
            detail = f"{one.words}{effect}; {one.megabytes:,.1f} MB. It was for: {asked}"
            found.append(Finding(_UNUSED, one.note.index, detail, f"{one.note.undo};", one.note.script, schema))
        elif one.state is State.CUT_OFF:
            fix = "\n".join(f"drop index concurrently if exists {name};" for name in one.left)
            found.append(Finding(_CUT_OFF, one.note.index, one.words, fix, "", schema))
    return found
