"""The line that cannot be overlooked: somebody is impersonated, or production takes writes."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from chatly_console.core.text import cell_width, cut, safe_text
from chatly_console.shell.session import Session


@dataclass(frozen=True, slots=True)
class Words:
    """The sentence in pieces: `who` is shortened where it is too long, and `extra` only said where there is room."""

    start: str = ""
    who: str = ""
    end: str = ""
    extra: str = ""

    def fitted(self, width: int) -> str:
        """The sentence in at most this many cells; what a person must know is never what is left out."""
        whole = f"{self.start}{self.who}{self.end}{self.extra}"
        if cell_width(whole) <= width:
            return whole
        room = width - cell_width(self.start) - cell_width(self.end)
        return cut(f"{self.start}{cut(self.who, max(room, 1))}{self.end}", max(width, 1))


class Banner(Widget):
    """Shown only while it has words; it stays until the cause has ended."""

    can_focus = False
    words: reactive[Words] = reactive(Words())
    way_out: reactive[str] = reactive("")

    def show(self, session: Session | None) -> None:
        """Say what is dangerous about this session, if anything."""
        impersonating = session is not None and session.is_impersonating
        unlocked = session is not None and session.unlocked and not impersonating
        self.words = banner_words(session) if session is not None else Words()
        self.way_out = "F4 stop" if impersonating else "F4 lock" if unlocked else ""
        self.display = bool(self.words.start)
        self.set_class(impersonating, "-impersonate")
        self.set_class(unlocked, "-unlocked")

    def render(self) -> Content:
        """The words on the left, the way out on the right."""
        room = self.size.width - len(self.way_out) - 4
        words = self.words.fitted(room)
        gap = self.size.width - Content(words).cell_length - len(self.way_out) - 2
        return Content.assemble(" ", words, " " * max(gap, 1), self.way_out, " ")


def banner_words(session: Session) -> Words:
    """The sentence for this session, or empty where nothing is out of the ordinary."""
    if session.is_impersonating:
        held = f" · {session.strength}" if session.strength else ""
        keeps = "changes are kept" if session.keeps_changes else "rolled back"
        who = safe_text(session.identity.describe())
        extra = " · every row below is what the API would return"
        return Words("▲ IMPERSONATING ", who, f"{held} · {keeps}", extra)
    if session.unlocked:
        kind = "PRODUCTION" if session.is_production else "THIS DATABASE"
        return Words(f"▲ WRITES TO {kind} ARE UNLOCKED", end=" until the transaction ends")
    return Words()
