"""Jump mode: a letter on every region that takes the focus; the letter goes there, a digit goes to a pane."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""The home row first: the nearest regions get the easiest keys."""


@dataclass(frozen=True, slots=True)
class Target:
    """A region and the letters that lead to it."""

    label: str
    widget: Widget
    region: Region


def labels(count: int) -> list[str]:
    """As many labels as needed: single letters while they last, else pairs, so that none begins another."""
    if count <= len(LETTERS):
        return list(LETTERS[:count])
    return [a + b for a in LETTERS for b in LETTERS][:count]


def find_targets(screen: Screen[object]) -> list[Target]:
    """What takes the focus and can be seen, from the top left to the bottom right."""
    whole = screen.region
    seen = [
        (widget, widget.region.intersection(whole))
        for widget in screen.focus_chain
        if widget.visible and widget.region.overlaps(whole)
    ]
    seen.sort(key=lambda found: (found[1].y, found[1].x))
    return [Target(label, *found) for label, found in zip(labels(len(seen)), seen, strict=False)]


class Jump(ModalScreen[Widget | int | None]):
    """Ends with the chosen widget, the index of a pane, or None."""

    BINDINGS = [
        Binding("escape,ctrl+o", "close", "Close", priority=True, id="jump.close", tooltip="Stay where you are")
    ]

    def __init__(self, targets: Iterable[Target], panes: int) -> None:
        super().__init__()
        self._targets = tuple(targets)
        self._panes = panes
        self._typed = ""

    def compose(self) -> ComposeResult:
        """A label at each region's corner, and what to do."""
        for target in self._targets:
            label = Static(Content(f" {target.label} "), classes="label")
            label.styles.offset = (target.region.x, target.region.y)
            yield label
        yield Static(Content(f" letter: go there   1 to {self._panes}: pane   esc: stay "), classes="jump-help")

    def on_key(self, event: events.Key) -> None:
        """Go where the key says; any other key stays."""
        if event.key == "escape":
            return
        event.stop()
        event.prevent_default()
        character = (event.character or "").lower()
        if character.isdigit() and not self._typed:
            number = int(character)
            self.dismiss(number - 1 if 1 <= number <= self._panes else None)
            return
        self._typed += character
        exact = next((target for target in self._targets if target.label == self._typed), None)
        if exact is not None:
            self.dismiss(exact.widget)
        elif not character or not any(target.label.startswith(self._typed) for target in self._targets):
            self.dismiss(None)

    def action_close(self) -> None:
        """Stay."""
        self.dismiss(None)
