"""What all views of the Vectors pane have in common, and the strip with their names."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from chatly_console.core.failure import Failure
from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import safe_text
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.states import Empty, ErrorState, Loading

VIEWS = ("search", "recall", "tenants", "index", "health", "map")
ASKING = ("search", "tenants")
"""The views that answer the question in the line above them."""


class StatePlace(Container, can_focus=True):
    """Where a state stands; it takes the keys while there are no rows that could."""


class View(Vertical):
    """A sentence, rows, and another sentence; or one of the states that say why there are none."""

    def __init__(self, name: str, empty: str, next_step: str) -> None:
        super().__init__(id=name)
        self._empty = (empty, next_step)
        self.grid = ResultGrid(id=f"{name}-rows", leaves=("export",))
        self._words = Static("", markup=False, classes="words")
        self._verdict = Static("", markup=False, classes="verdict")

    def compose(self) -> ComposeResult:
        """Words, body, verdict, and the place for a state."""
        yield self._words
        with Container(classes="body"):
            yield from self.body()
        yield self._verdict
        yield StatePlace(Empty(*self._empty), classes="state")

    def body(self) -> ComposeResult:
        """What lies between the sentences."""
        yield self.grid

    def on_mount(self) -> None:
        """Nothing yet."""
        self.set_class(True, "-no-rows")

    def say(self, words: str, *, bad: bool = False) -> None:
        """The sentence above the rows."""
        self._words.update(Content(safe_text(words)))
        self._words.set_class(bad, "-bad")

    def conclude(self, words: str, *, bad: bool = False) -> None:
        """The sentence below the rows."""
        self._verdict.update(Content(safe_text(words, one_line=False)))
        self._verdict.set_class(bad, "-bad")

    @property
    def chosen_row(self) -> int | None:
        """The row under the cursor, as it was given; None where there is none."""
        return self.grid.source_row(self.grid.cursor_row) if self.grid.row_count else None

    def focus_body(self) -> None:
        """Keys go to what lies between the sentences."""
        if self.has_class("-no-rows"):
            self.query_one(StatePlace).focus()
        else:
            self.grid.focus()

    def show_rows(self, rows: ListedRows) -> None:
        """These rows, instead of a state."""
        focused = self.app.focused
        self.set_class(False, "-no-rows")
        if focused is self.query_one(StatePlace):
            self.focus_body()
        row, place = self.grid.cursor_row, self.grid.cursor_place
        self.grid.set_stale(False)
        self.grid.set_source(rows)
        if rows.count:
            self.grid.move_to(min(row, rows.count - 1), place)

    def show_state(self, widget: Widget) -> None:
        """A state, instead of rows."""
        focused = self.app.focused
        had_focus = focused is not None and self in focused.ancestors
        self.set_class(True, "-no-rows")
        place = self.query_one(StatePlace)
        place.remove_children()
        place.mount(widget)
        if had_focus:
            (widget if widget.can_focus else place).focus()

    def show_loading(self, words: str) -> None:
        """What is waited for; rows that are there stay, dimmed, so that the cursor stays too."""
        if self.has_class("-no-rows"):
            self.show_state(Loading(words, way_out="ctrl+g cancels"))
        else:
            self.grid.set_stale(True)
            self.say(f"◌ {words} · ctrl+g cancels")

    def show_failure(self, failure: Failure) -> None:
        """What went wrong, with a way to try again."""
        self.say("")
        self.conclude("")
        self.show_state(ErrorState(failure))

    def show_empty(self, meaning: str = "", next_step: str = "") -> None:
        """Why there is nothing."""
        self.say("")
        self.conclude("")
        self.show_state(Empty(meaning or self._empty[0], next_step or self._empty[1]))


class ViewStrip(Static):
    """The names of the views, the present one marked; a click shows another."""

    class Chosen(Message):
        """Another view is wanted."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, names: Sequence[str] = VIEWS) -> None:
        super().__init__("", markup=False)
        self._names = tuple(names)
        self._ends: list[int] = []

    def show(self, chosen: str) -> None:
        """Mark the present one."""
        parts: list[tuple[str, str]] = []
        self._ends = []
        for name in self._names:
            words = f" {name.capitalize()} "
            parts += [(words, "bold $accent underline" if name == chosen else "$muted"), (" ", "")]
            self._ends.append((self._ends[-1] if self._ends else 0) + len(words) + 1)
        self.update(Content.assemble(*parts, ("  f6 next view", "$muted")))

    def on_click(self, event: events.Click) -> None:
        """Show what was clicked."""
        name = next((n for n, end in zip(self._names, self._ends, strict=False) if event.x < end), None)
        if name is not None:
            self.post_message(self.Chosen(name))
