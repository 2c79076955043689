"""The Query pane: write SQL above, run it, and look through what comes back below."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Mode, Request
from chatly_console.query.decision import Circumstances, Decision, decide
from chatly_console.query.history import History
from chatly_console.query.place import Place, place_of
from chatly_console.query.record import Record
from chatly_console.query.run import Phase, status
from chatly_console.query.service import StatementRun
from chatly_console.query.ui.editing import EditorArea
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.history_screen import HistoryScreen
from chatly_console.query.ui.results import SHOW_LOADING_AFTER, ResultView
from chatly_console.shell.grid.messages import RowsWanted
from chatly_console.shell.messages import Report, Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session

_TICK = 0.1


class QueryPane(Pane):
    """Editor and result. A run belongs to the pane, not to its widgets, and goes on while another pane is looked at."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDING_GROUP_TITLE = "Query"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "run", "run", id="query.run", tooltip="Run the selection, or the statement at the cursor"),
        Binding("ctrl+r", "history", "history", id="query.history", tooltip="Find a statement that was run before"),
        Binding("ctrl+n", "new_buffer", "new buffer", show=False, id="query.new", tooltip="A new, empty buffer"),
        Binding("alt+right,ctrl+pagedown", "step_buffer(1)", "next buffer", show=False, id="query.next_buffer",
                tooltip="The next buffer"),
        Binding("alt+left,ctrl+pageup", "step_buffer(-1)", "previous buffer", show=False, id="query.previous_buffer",
                tooltip="The buffer before"),
    ]  # fmt: skip

    def __init__(self, session: Session, *, state_root: Path | None = None) -> None:
        super().__init__(session)
        self._state_root = state_root
        self.run: StatementRun | None = None
        self._place: Place | None = None
        self._history = History(state_root / "history.sqlite" if state_root else None)
        self._recall_step = 0
        self._ticking: Timer | None = None

    def compose(self) -> ComposeResult:
        yield EditorArea(self.session.profile.name, state_root=self._state_root)
        yield ResultView()

    def on_mount(self) -> None:
        self._ticking = self.set_interval(_TICK, self._tick, pause=True)

    @property
    def editing(self) -> EditorArea:
        """The upper half."""
        return self.query_one(EditorArea)

    @property
    def result(self) -> ResultView:
        """The lower half."""
        return self.query_one(ResultView)
