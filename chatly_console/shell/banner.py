"""The line that cannot be overlooked: somebody is impersonated, or production takes writes."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from chatly_console.core.text import cut, safe_text
from chatly_console.shell.session import Session


class Banner(Widget):
    """Shown only while it has words; it stays until the cause has ended."""

    can_focus = False
    words: reactive[str] = reactive("", layout=True)
    way_out: reactive[str] = reactive("")

    def show(self, session: Session | None) -> None:
        """Say what is dangerous about this session, if anything."""
        impersonating = session is not None and session.is_impersonating
        unlocked = session is not None and session.unlocked and not impersonating
        self.words = banner_words(session) if session is not None else ""
        self.way_out = "F4 stop" if impersonating else "F4 lock" if unlocked else ""
        self.display = bool(self.words)
        self.set_class(impersonating, "-impersonate")
        self.set_class(unlocked, "-unlocked")

    def render(self) -> Content:
        """The words on the left, the way out on the right."""
        room = self.size.width - len(self.way_out) - 4
        words = cut(safe_text(self.words), max(room, 0))
        gap = self.size.width - Content(words).cell_length - len(self.way_out) - 2
        return Content.assemble(" ", words, " " * max(gap, 1), self.way_out, " ")


def banner_words(session: Session) -> str:
    """The sentence for this session, or empty where nothing is out of the ordinary."""
    if session.is_impersonating:
        held = f" · {session.strength}" if session.strength else ""
        keeps = "changes are kept" if session.keeps_changes else "rolled back"
        return (
            f"▲ IMPERSONATING {session.identity.describe()}{held} · {keeps}"
            " · every row below is what the API would return"
        )
    if session.unlocked:
        kind = "PRODUCTION" if session.is_production else "this database"
        return f"▲ WRITES TO {kind} ARE UNLOCKED until the transaction ends"
    return ""
