"""The history: type to find a statement that was run, enter to put it into the editor."""

from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from chatly_console.core.durations import duration_words
from chatly_console.core.request import Mode
from chatly_console.core.text import cut, safe_text
from chatly_console.query.history import History, HistoryEntry, Outcome
from chatly_console.query.transaction_words import rows_words
from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.text_fields import TextField

SHOWN = 50


class HistoryScreen(ModalScreen[str | None]):
    """Closes with the statement that was chosen, or None."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="history.close", tooltip="Back to the editor"),
        Binding("down", "move(1)", "older", show=False, id="history.older", tooltip="The next, older one"),
        Binding("up", "move(-1)", "newer", show=False, id="history.newer", tooltip="The one before, newer"),
    ]

    def __init__(self, history: History, words: str = "") -> None:
        super().__init__()
        self._history = history
        self._words = words
        self._found: list[HistoryEntry] = []
        self.answers = 0
        """How many searches have been answered on the screen."""

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        with Vertical(id="history", classes="dialog wide history"):
            yield words("History", "title")
            yield TextField(self._words, placeholder="find in the history", compact=True, id="history-words")
            yield OptionList(id="history-list", markup=False)
            yield Static("", id="history-detail", markup=False)
            yield key_row(("enter", "into the editor"), ("↑ ↓", "choose"), ("esc", "close"))

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(OptionList).can_focus = False
        self._search()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._words = event.value
        self._search()

    @work(exclusive=True, group="history-search")
    async def _search(self) -> None:
        self._found = await self._history.search(self._words, limit=SHOWN)
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([Option(_line(entry, max(listed.size.width - 4, 40))) for entry in self._found])
        listed.highlighted = 0 if self._found else None
        if not self._found:
            words = "Nothing in the history has these words." if self._words else "Nothing was run yet."
            self.query_one("#history-detail", Static).update(words)
        self.answers += 1

    @on(OptionList.OptionHighlighted)
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index < len(self._found):
            self.query_one("#history-detail", Static).update(Content(_detail(self._found[event.option_index])))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._choose()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose()

    def _choose(self) -> None:
        at = self.query_one(OptionList).highlighted
        self.dismiss(None if at is None or at >= len(self._found) else self._found[at].sql)

    def action_move(self, step: int) -> None:
        """Move along the list while the words keep the keys."""
        listed = self.query_one(OptionList)
        if self._found:
            listed.highlighted = min(max((listed.highlighted or 0) + step, 0), len(self._found) - 1)

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


def _line(entry: HistoryEntry, width: int) -> Content:
    mark = {Outcome.FAILED: "✗", Outcome.CANCELLED: "⊘", Outcome.LOST: "?", Outcome.STARTED: "?"}.get(
        entry.outcome, " "
    )
    return Content(cut(f"{mark} {_when(entry)}  {safe_text(' '.join(entry.sql[:400].split()))}", width))


def _when(entry: HistoryEntry) -> str:
    started = (entry.started or datetime.now(UTC)).astimezone()
    today = started.date() == datetime.now().astimezone().date()
    return f"{started:%H:%M:%S}  " if today else f"{started:%Y-%m-%d}"


def _detail(entry: HistoryEntry) -> str:
    """What came of it and as whom, then when and where, the error, and the statement."""
    rows = "" if entry.rows is None else f" · {rows_words(entry.rows)}"
    started = (entry.started or datetime.now(UTC)).astimezone()
    mode = f" · {entry.mode}" if entry.outcome == Outcome.DONE or entry.mode == Mode.READ_ONLY.value else ""
    where = entry.profile if entry.profile.endswith(f"/{entry.database}") else f"{entry.profile} {entry.database}"
    parts = [
        f"{entry.outcome}{rows} · {duration_words(entry.seconds)} · as {entry.identity}{mode}",
        f"{started:%Y-%m-%d %H:%M:%S} · {where}",
        *([entry.message] if entry.message else []),
    ]
    return "\n".join([*map(safe_text, parts), "", safe_text(entry.sql[:4000], one_line=False)])
