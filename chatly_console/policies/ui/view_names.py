"""The views of the Policies pane: their keys and titles, and the strip above them."""

from dataclasses import dataclass
from typing import Literal, get_args

from textual.content import Content
from textual.widgets import Static

from chatly_console.policies.policy import Command
from chatly_console.policies.rows_why import Show

View = Literal["policies", "why", "side", "matrix", "isolation", "try", "whatif", "cost"]
VIEWS: tuple[View, ...] = get_args(View)
TITLES: dict[View, tuple[str, str]] = {
    "policies": ("p", "policies"),
    "why": ("w", "why"),
    "side": ("d", "side by side"),
    "matrix": ("m", "matrix"),
    "isolation": ("i", "isolation"),
    "try": ("t", "try"),
    "whatif": ("e", "what if"),
    "cost": ("x", "cost"),
}
OF_ALL_TABLES: frozenset[View] = frozenset({"matrix", "isolation"})
"""Views that are not about the chosen table."""
RUN_BY_HAND: frozenset[View] = frozenset({"isolation", "try", "whatif", "cost"})
"""Views that read or try something only when they are told to."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a key switches in the view on show: `C SELECT`."""

    key: str
    words: str
    is_constant: bool = False
    """Whether the words say what the key does, and not how things stand."""


def switches(view: View, which: Show, command: Command, *, thorough: bool = False) -> tuple[Choice, ...]:
    """What can be switched in this view, and how it stands."""
    choices: list[Choice] = []
    if view == "why":
        choices.append(Choice("o", {"all": "all rows", "visible": "seen", "hidden": "hidden"}[which]))
    if view == "side":
        choices.append(Choice("o", "all rows" if which == "all" else "what differs"))
        choices += [Choice("a A", "whom", True), Choice("Q", "query", True)]
    if view == "cost":
        choices.append(Choice("Q", "query", True))
    if view in ("why", "matrix"):
        choices.append(Choice("c", str(command)))
    if view == "isolation":
        choices.append(Choice("H", "each user" if thorough else "each pair"))
        choices.append(Choice("T", "tenant", True))
    if view in ("matrix", "isolation"):
        choices.append(Choice("E", "report", True))
    return tuple(choices)


class ViewStrip(Static):
    """One line: the views with their keys, and what can be switched in the one on show."""

    def __init__(self) -> None:
        super().__init__("", id="policies-views", markup=False)
        self._view: View = "policies"
        self._choices: tuple[Choice, ...] = ()

    def show(self, view: View, choices: tuple[Choice, ...]) -> None:
        """Mark the view on show."""
        self._view, self._choices = view, choices
        self._draw()

    def on_resize(self) -> None:
        """Where there is little room only the view on show has its title."""
        self._draw()

    def _draw(self) -> None:
        room = self.size.width
        lines = [self.strip(short=False), self.strip(short=True), self.strip(short=True, keys_only=True)]
        self.update(next((line for line in lines if line.cell_length <= room or not room), lines[-1]))

    def strip(self, *, short: bool, keys_only: bool = False) -> Content:
        """The line; `short` names the view on show only, `keys_only` leaves out words that say what a key does."""
        parts = []
        for name, (key, title) in TITLES.items():
            chosen = name == self._view
            words = "" if short and not chosen else f" {title}"
            parts.append(Content.assemble((key, "bold $accent"), (words, "bold $accent" if chosen else "$muted")))
        line = Content(" " if short else "  ").join(parts)
        if not self._choices:
            return line
        switched = [
            Content.assemble((c.key, "bold $accent"), "" if keys_only and c.is_constant else f" {c.words}")
            for c in self._choices
        ]
        return Content.assemble(line, ("  │  ", "$muted"), Content("  ").join(switched))
