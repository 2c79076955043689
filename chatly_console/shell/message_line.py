"""The line above the footer: the last thing that happened, in one sentence, with its weight as a glyph."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from chatly_console.core.failure import Failure
from chatly_console.core.text import cut, safe_text

MARKS = {"done": ("✓", "$good"), "note": ("·", "$muted"), "warning": ("▲", "$warn"), "error": ("✗", "$bad")}
KEPT = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    text: str
    tone: str
    at: datetime
    failure: Failure | None = None

    def line(self) -> Content:
        """Glyph and sentence, coloured."""
        mark, style = MARKS.get(self.tone, MARKS["note"])
        strong = style if self.tone in ("warning", "error") else ""
        return Content.assemble((mark, style), " ", (safe_text(self.text), strong))


def failure_entry(failure: Failure, at: datetime) -> Entry:
    """A failure in one line: SQLSTATE where there is one, the sentence, and that there is more to read."""
    code = f"{failure.sqlstate} " if failure.sqlstate else ""
    return Entry(f"{code}{failure.sentence}", "error", at, failure)


class MessageLine(Widget):
    """Shows the last entry and keeps the ones before it."""

    can_focus = False
    entry: reactive[Entry | None] = reactive(None)

    @dataclass
    class Clicked(Message):
        """The line was clicked: show the history, or a failure's details."""

    def __init__(self) -> None:
        super().__init__()
        self.history: deque[Entry] = deque(maxlen=KEPT)

    def add(self, entry: Entry) -> None:
        """Show this entry."""
        self.history.append(entry)
        self.entry = entry

    def quiet(self) -> None:
        """Take the last entry from the line: what happened in one room says nothing in the next. The history has it."""
        self.entry = None

    def render(self) -> Content:
        """The last entry, and the key to its details."""
        if self.entry is None:
            return Content("")
        hint = "  ^l details " if self.entry.failure is not None else ""
        room = max(self.size.width - 1 - len(hint), 1)
        mark, style = MARKS.get(self.entry.tone, MARKS["note"])
        words = cut(safe_text(self.entry.text), max(room - 2, 1))
        strong = style if self.entry.tone in ("warning", "error") else ""
        line = Content.assemble(" ", (mark, style), " ", (words, strong))
        gap = max(self.size.width - line.cell_length - len(hint), 0)
        return Content.assemble(line, " " * gap, (hint, "$muted"))

    def on_click(self, event: events.Click) -> None:
        """Open what stands behind the line."""
        event.stop()
        self.post_message(self.Clicked())
