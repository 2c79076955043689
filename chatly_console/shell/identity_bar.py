"""The top line: what is connected, as whom, and how careful to be; it is never out of sight."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from chatly_console.core.link import LinkState
from chatly_console.core.text import safe_text
from chatly_console.shell.session import Session

_MARKS = {
    LinkState.CONNECTED: ("●", "$good"),
    LinkState.LOST: ("✗", "$bad"),
    LinkState.STALLED: ("▲", "$warn"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the bar: text, style, and how early it goes when the line is too narrow (0 never goes)."""

    text: str
    style: str = ""
    rank: int = 0
    right: bool = False

    @property
    def cells(self) -> int:
        """The width on screen, with the gap before it."""
        return Content(self.text).cell_length + 2


def bar_parts(session: Session | None) -> list[Part]:
    """The pieces of the bar for this session, from left to right."""
    if session is None:
        return [Part("◌", "$muted"), Part("not connected", "$muted")]
    loud = session.is_production
    quiet = "" if loud else "$muted"
    parts = [*_link_parts(session, loud), Part(safe_text(session.profile.name), "bold")]
    facts = session.database.facts if session.database is not None else None
    place = f"{facts.host}/{facts.database}" if facts is not None else ""
    if place and place != session.profile.name:
        parts.append(Part(safe_text(place), quiet, 3))
    parts.append(_role_part(session, quiet))
    if session.is_production:
        parts.append(Part("PRODUCTION", "bold", right=True))
    if facts is not None and facts.standby:
        parts.append(Part("STANDBY", "bold" if loud else "$warn", 2, right=True))
    if session.is_read_only:
        parts.append(Part("READ-ONLY", "bold" if loud else "$warn", 2, right=True))
    elif session.unlocked:
        parts.append(Part("WRITES UNLOCKED", "bold" if loud else "bold $warn", right=True))
    if facts is not None and facts.transaction_pooler:
        parts.append(Part("pooler", quiet, 4, right=True))
    if session.transaction == "auto":
        parts.append(Part("auto", quiet, 4, right=True))
    else:
        parts.append(Part(safe_text(session.transaction), "bold" if loud else "bold $warn", right=True))
    if session.database is not None:
        used, size = session.database.pool_in_use, session.database.pool_size
        parts.append(Part(f"pool {used}/{size}", quiet, 5, right=True))
    return parts


def _link_parts(session: Session, loud: bool) -> list[Part]:
    state = session.link.state if session.link is not None else LinkState.CONNECTED
    mark, style = _MARKS[state]
    parts = [Part(mark, "bold" if loud else style)]
    if state is not LinkState.CONNECTED:
        parts.append(Part(state.value, "bold" if loud else f"bold {style}"))
    return parts


def _role_part(session: Session, quiet: str) -> Part:
    """As whom statements run: the login quietly, anybody else in the one hue that nothing else has."""
    if session.is_impersonating:
        style = "bold $impersonate-text on $impersonate"
        return Part(f" AS {safe_text(session.identity.describe())} ", style)
    user = session.database.facts.user if session.database is not None else ""
    return Part(f"as {safe_text(user)}", quiet, 1) if user else Part("", quiet, 1)


def bar_line(parts: list[Part], width: int) -> Content:
    """One line of `width` cells; what matters least goes first where all does not fit."""
    kept = [part for part in parts if part.text]
    while sum(part.cells for part in kept) > width and any(part.rank for part in kept):
        kept.remove(max(kept, key=lambda part: part.rank))
    left = Content(" ").join([Content.styled(part.text, part.style) for part in kept if not part.right][:1])
    for part in [part for part in kept if not part.right][1:]:
        left = Content.assemble(left, " " if left.cell_length < 2 else "  ", Content.styled(part.text, part.style))
    right = Content("  ").join([Content.styled(part.text, part.style) for part in kept if part.right])
    gap = width - 2 - left.cell_length - right.cell_length
    if gap < 1:
        left = left.truncate(max(width - 3 - right.cell_length, 0), ellipsis=True)
        gap = width - 2 - left.cell_length - right.cell_length
    return Content.assemble(" ", left, " " * max(gap, 1), right, " ")


class IdentityBar(Widget):
    """Draws the session's state on one line; the frame calls `show` when it has changed."""

    can_focus = False
    parts: reactive[tuple[Part, ...]] = reactive(())

    def show(self, session: Session | None, doing: str = "") -> None:
        """Draw this session, or the words for what is being done while there is none."""
        parts = bar_parts(session)
        if session is None and doing:
            parts = [Part("◌", "$muted"), Part(safe_text(doing), "$muted")]
        self.parts = tuple(parts)
        self.set_class(session is not None and session.is_production, "-production")

    def render(self) -> Content:
        """The line."""
        return bar_line(list(self.parts), self.size.width)
