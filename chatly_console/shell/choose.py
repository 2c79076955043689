"""A list that one types at: for commands, themes, identities, and whatever else is one of many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import FuzzySearch
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from chatly_console.core.text import cut, safe_text
from chatly_console.shell.dialogs import words
from chatly_console.shell.text_fields import TextField

T = TypeVar("T")
SHOWN = 200
_LEAST = 8
"""Cells of the words beside a title, below which they say nothing."""
_AS_TYPED = 1000.0
"""What an entry with every word as it was typed has before those that only have the letters."""
_ABOUT = 0.01
"""The score of what was found in the words beside the title: behind every title that fits."""


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """One entry: its title, what it leads to, a few words or a key on the right, and what it is about.

    `detail` is shown in full below the list while the entry is marked.
    """

    title: str
    value: T
    aside: str = ""
    about: str = ""
    detail: str = ""


class Choose(ModalScreen[T | None]):
    """Narrows the choices as one types; enter takes the marked one, escape none."""

    BINDINGS = [
        Binding("escape", "close", "Close", id="choose.close", tooltip="Choose nothing"),
        Binding("down,ctrl+n", "move(1)", "Down", show=False, id="choose.down", tooltip="The next entry"),
        Binding("up", "move(-1)", "Up", show=False, id="choose.up", tooltip="The entry before"),
        Binding("pagedown", "move(10)", "Page down", show=False, id="choose.page_down", tooltip="Ten entries on"),
        Binding("pageup", "move(-10)", "Page up", show=False, id="choose.page_up", tooltip="Ten entries back"),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice[T]],
        *,
        placeholder: str = "type to find",
        on_marked: Callable[[T], object] | None = None,
        marked: int = 0,
    ) -> None:
        super().__init__()
        self._title, self._choices, self._marked = title, tuple(choices), marked
        self._on_marked = on_marked
        self._shown: list[Choice[T]] = []
        self._input = TextField(placeholder=placeholder, compact=True)
        self._list = OptionList(markup=False)
        self._list.can_focus = False
        self._detail = Static("", classes="detail", markup=False) if any(c.detail for c in self._choices) else None

    def compose(self) -> ComposeResult:
        """Title, line, list."""
        telling = " telling" if any(choice.about for choice in self._choices) else ""
        detailed = " detailed" if self._detail is not None else ""
        with Vertical(classes=f"dialog chooser{telling}{detailed}"):
            yield words(self._title, "title")
            yield self._input
            yield self._list
            if self._detail is not None:
                yield self._detail

    def on_mount(self) -> None:
        """Everything is shown at first, so that a key that comes at once finds its entry."""
        self._fill("", self._marked)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self._fill(message.value)

    def _fill(self, text: str, marked: int = 0) -> None:
        wanted = text.strip()
        search = FuzzySearch()
        found: list[tuple[float, Choice[T], Content]] = []
        for choice in self._choices:
            title = safe_text(choice.title)
            score, offsets = search.match(wanted, title) if wanted else (1.0, ())
            if score == 0 and wanted.lower() in choice.about.lower():
                score = _ABOUT
            elif all(word in title.lower() for word in wanted.lower().split()):
                score += _AS_TYPED
            if score > 0:
                found.append((score, choice, _marked(title, offsets)))
        if wanted:
            found.sort(key=lambda entry: -entry[0])
        found = found[:SHOWN]
        self._shown = [choice for _, choice, _ in found]
        width = max(self._list.size.width - 4, 20)
        self._list.clear_options()
        self._list.add_options([Option(_entry(title, choice, width)) for _, choice, title in found])
        self._list.highlighted = min(marked, len(found) - 1) if found else None

    def on_resize(self) -> None:
        """The asides stand at the right edge."""
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        """Word the entries for the width; what was typed since the resize counts."""
        self._fill(self._input.value, self._list.highlighted or 0)

    def action_move(self, by: int) -> None:
        """Mark another entry."""
        if self._shown:
            now = self._list.highlighted or 0
            self._list.highlighted = max(0, min(len(self._shown) - 1, now + by))

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, message: OptionList.OptionHighlighted) -> None:
        message.stop()
        if message.option_index >= len(self._shown):
            return
        marked = self._shown[message.option_index]
        if self._on_marked is not None:
            self._on_marked(marked.value)
        if self._detail is not None:
            self._detail.update(Content(safe_text(marked.detail, one_line=False)))

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _taken(self, message: Input.Submitted | OptionList.OptionSelected) -> None:
        message.stop()
        index = self._list.highlighted
        if index is not None and index < len(self._shown):
            self.dismiss(self._shown[index].value)

    def action_close(self) -> None:
        """Nothing is chosen."""
        self.dismiss(None)


def _marked(title: str, offsets: Sequence[int]) -> Content:
    """The title with the letters that were typed; built by hand, because Textual's own way reads markup."""
    content = Content(title)
    for offset in offsets:
        content = content.stylize("bold underline", offset, offset + 1)
    return content


def _entry(title: Content, choice: Choice[T], width: int) -> Content:
    """One line: the title, what it is about as far as there is room, and the aside at the right edge, a third at most
    where the title needs the rest.
    """
    aside = cut(safe_text(choice.aside), max(width - title.cell_length - 2, width // 3))
    room = width - Content(aside).cell_length - 2
    title = title.truncate(max(room, 10), ellipsis=True)
    about = Content(safe_text(choice.about)).truncate(max(room - title.cell_length - 2, 0), ellipsis=True)
    if about.cell_length > _LEAST:
        title = Content.assemble(title, "  ", about.stylize("$muted"))
    gap = width - title.cell_length - Content(aside).cell_length
    return Content.assemble(title, " " * max(gap, 1), (aside, "$muted"))
