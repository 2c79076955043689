"""The last line: the keys that work here and now, those of the focused widget first."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from chatly_console.shell.pane import Pane

_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "enter": "enter",
    "space": "space",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "underscore": "_",
    "full_stop": ".",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "backslash": "\\",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_name(key: str) -> str:
    """A key as a person reads it: `ctrl+o` is `^o`, `f5` is `F5`, `question_mark` is `?`."""
    *modifiers, last = key.split("+")
    name = _NAMES.get(last) or _sign(last)
    if last.startswith("f") and last[1:].isdigit():
        name = last.upper()
    elif last.startswith("upper_"):
        name = last.removeprefix("upper_").upper()
    if modifiers == ["ctrl"]:
        return "^space" if name in ("at", "@") else f"^{name}"  # terminals send the one for the other
    return "+".join([*modifiers, name])


def _sign(name: str) -> str:
    """The sign that a key's name spells, as `dollar_sign` does; else the name."""
    try:
        sign = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return name
    return sign if sign.isprintable() and not sign.isspace() else name


@dataclass(frozen=True, slots=True)
class FooterKey:
    """One entry of the footer."""

    key: str
    words: str
    action: str
    enabled: bool

    @property
    def cells(self) -> int:
        """Its width with the gap behind it."""
        return len(key_name(self.key)) + 1 + len(self.words) + 2


def footer_keys(screen: Screen[object]) -> list[FooterKey]:
    """The keys to name on this screen, once an action, global ones last; while something runs, the way out first."""
    seen: set[str] = set()
    local: list[FooterKey] = []
    everywhere: list[FooterKey] = []
    for node, binding, enabled, _tooltip in screen.active_bindings.values():
        if binding.action == "cancel_work" and _is_busy(screen):
            local.insert(0, FooterKey(binding.key, short_words(binding), binding.action, enabled))
        if not binding.show or not binding.description or binding.action in seen:
            continue
        seen.add(binding.action)
        target = everywhere if isinstance(node, (App, Screen)) else local
        target.append(FooterKey(binding.key, short_words(binding), binding.action, enabled))
    return local + everywhere


def _is_busy(screen: Screen[object]) -> bool:
    return any(pane.busy for pane in screen.query(Pane) if pane.display)


def short_words(binding: Binding) -> str:
    """The verb of a binding, in small letters."""
    return binding.description[:1].lower() + binding.description[1:]


def fitting(keys: Iterable[FooterKey], width: int) -> list[FooterKey]:
    """As many keys as have room; the last one, help, always has."""
    kept = list(keys)
    while len(kept) > 1 and sum(key.cells for key in kept) > width - 1:
        del kept[-2]
    return kept


_LOOK = 0.5
"""Seconds between two looks at whether something runs."""


class KeyFooter(Widget):
    """Names the keys; a click on one presses it."""

    can_focus = False
    keys: reactive[tuple[FooterKey, ...]] = reactive(())

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._panes: list[Pane] = []

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)
        self.call_after_refresh(self._follow, self.screen)
        self.set_interval(_LOOK, self._look)

    def _look(self) -> None:
        """Work ends without a key or a change of focus: name the way out of it no longer."""
        busy = any(pane.busy for pane in self._panes if pane.display)
        if busy != any(key.action == "cancel_work" for key in self.keys):
            self._follow(self.screen)

    def _follow(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen and screen.is_current:
            self._panes = list(screen.query(Pane))  # found here, since looking for them takes longer than all else
            self.keys = tuple(footer_keys(screen))

    def render(self) -> Content:
        """The line."""
        pieces: list[Content] = [Content(" ")]
        for key in fitting(self.keys, self.size.width):
            name_style, word_style = ("$accent bold", "") if key.enabled else ("$muted", "$muted")
            pieces += [
                Content.styled(key_name(key.key), name_style),
                Content.styled(f" {key.words}  ", word_style),
            ]
        return Content("").join(pieces)

    async def on_click(self, event: events.Click) -> None:
        """Press the key under the pointer."""
        start = 1
        for key in fitting(self.keys, self.size.width):
            if start <= event.x < start + key.cells:
                self.app.simulate_key(key.key)
                return
            start += key.cells
