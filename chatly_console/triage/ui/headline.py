"""The two lines above the evidence: whose eyes these are and how fresh it is, and the views to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chatly_console.core.durations import age_words
from chatly_console.core.text import cut, safe_text
from chatly_console.triage.readings import number_of
from chatly_console.triage.ui.tone_lines import Pieces

if TYPE_CHECKING:
    from chatly_console.triage.ui.watching_pane import WatchingPane


def title_of(pane: WatchingPane, width: int) -> list[Pieces]:
    """As whom, how often, on record or from one, and how old it is where it is stale."""
    database, watching, replay = pane.session.database, pane.watching, pane.incidents.replay
    login = database.facts.user if database is not None else ""
    words = [f"not impersonated: runs as {login}" if login else "not connected", watching.pace.words]
    if watching.recorder is not None:
        words.insert(0, f"● recording, {number_of(watching.recorder.looks, 'look')}")
    if watching.drain is not None:
        words.insert(0, watching.drain.words(watching.clock()))
    if replay is not None:
        words = [replay.words, "← → step, T leaves"]
    elif pane.stale_because and watching.snapshot is not None:
        age = watching.clock() - watching.seen_at
        words.insert(0, f"▲ stale: as it was {age_words(age)} ago, r tries again")
    return [((cut(safe_text(" ▪ ".join(words)), width), ""),)]


def views_line(marks: Iterable[tuple[str, str, bool]]) -> list[Pieces]:
    """Key and name of each view; the one on show is bold."""
    pieces = [
        piece
        for key, label, here in marks
        for piece in ((key, "key"), (f" {safe_text(label)}", "loud" if here else "muted"), ("   ", ""))
    ]
    return [tuple(pieces[:-1])]
