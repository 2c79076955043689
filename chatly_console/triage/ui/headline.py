"""The two lines above the evidence: whose eyes these are and how fresh it is, and the views to choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from chatly_console.core.durations import age_words
from chatly_console.core.text import cut, safe_text
from chatly_console.triage.readings import number_of

if TYPE_CHECKING:
    from chatly_console.triage.ui.watching_pane import WatchingPane


def title_of(pane: WatchingPane, width: int) -> Content:
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
    return Content(cut(safe_text(" ▪ ".join(words)), width))


def views_content(marks: Iterable[tuple[str, str, bool]]) -> Content:
    """Key and name of each view; the one on show is bold."""
    parts = [
        part
        for key, label, here in marks
        for part in ((key, "bold $accent"), (f" {safe_text(label)}", "bold" if here else "$muted"), ("   ", ""))
    ]
    return Content.assemble(*parts[:-1])


class Line(Widget):
    """One line that is worded for its width when it is drawn, and drawn only when its words have changed."""

    can_focus = False
    auto_links = False

    def __init__(self, words: Callable[[int], Content], *, id: str) -> None:
        super().__init__(id=id)
        self._words = words
        self._shown: Content | None = None

    def bring_up_to_date(self) -> None:
        """Draw it if it says something else by now."""
        if self._shown is None or not self._shown.is_same(self._words(self.content_size.width)):
            self.refresh()

    def render(self) -> Content:
        """The words for this width."""
        self._shown = self._words(self.content_size.width)
        return self._shown
