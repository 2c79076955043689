"""Everything about one session or statement, with its SQL in full."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from chatly_console.core.text import safe_text
from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.grid.copying import copy_text


class DetailScreen(ModalScreen[str]):
    """Facts, and a statement; ends with what the user wants done with that: `explain`, `index`, `query`, or nothing."""

    BINDINGS = [
        Binding("escape,enter,q", "end('')", "Close", id="triage-detail.close", tooltip="Back to the list"),
        Binding("y", "copy_sql", "Copy", id="triage-detail.copy", tooltip="Copy the statement"),
        Binding("e", "end('explain')", "Plan", id="triage-detail.plan", tooltip="Show its plan, estimated"),
        Binding("i", "end('index')", "Index", id="triage-detail.index", tooltip="Look for an index that helps it"),
        Binding("o", "end('query')", "To Query", id="triage-detail.query", tooltip="Take it to the Query pane"),
    ]

    def __init__(self, title: str, facts: Sequence[tuple[str, str]], sql: str, *, has_plan: bool = True) -> None:
        super().__init__()
        self._title, self._facts, self._sql, self._has_plan = title, facts, sql, has_plan

    def compose(self) -> ComposeResult:
        """Title, facts, statement, keys."""
        with Vertical(classes="dialog wide"):
            yield words(self._title, "title")
            width = max((len(name) for name, _ in self._facts), default=0)
            lines = [
                Content.assemble((f"{name:<{width}}  ", "$muted"), safe_text(value)) for name, value in self._facts
            ]
            yield Static(Content("\n").join(lines))
            with VerticalScroll():
                yield words(f"\n{self._sql}" if self._sql else "\nThere is no statement.", "sql")
            plan = (("e", "plan"), ("i", "index")) if self._has_plan else ()
            yield key_row(("y", "copy"), *plan, ("o", "to Query"), ("esc", "close"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a statement that somebody ran has a plan."""
        return self._has_plan or parameters not in (("explain",), ("index",))

    def action_copy_sql(self) -> None:
        """Copy the raw statement."""
        copy_text(self, self._sql, "the statement")

    def action_end(self, wish: str) -> None:
        """Back."""
        self.dismiss(wish if self._sql else "")
