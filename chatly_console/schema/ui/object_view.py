"""One object: what it is in a line, its tabs, and what the tab on show holds."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from chatly_console.core.catalogue import Relation
from chatly_console.core.text import cell_text, safe_text
from chatly_console.query.run import Phase, header
from chatly_console.query.service import StatementRun
from chatly_console.schema.neighbours import Neighbourhood
from chatly_console.schema.rights import with_missing_grant
from chatly_console.schema.tab import Tab
from chatly_console.schema.ui.graph_view import GraphView
from chatly_console.schema.ui.tab_strip import TabStrip
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.grid.line_view import LineView
from chatly_console.shell.sql_lines import sql_lines
from chatly_console.shell.states import Empty, ErrorState, Loading

_GREETING = "Nothing is looked at yet."


class StatePlace(Vertical, can_focus=True):
    """Where a state stands in the place of content; it takes the keys meanwhile, so that none is lost."""


def _hidden(widget: Widget) -> Widget:
    widget.display = False
    return widget


class ObjectView(Vertical):
    """It is told what to show; the pane reads it."""

    def compose(self) -> ComposeResult:
        """Title, comment, tabs, and one body for each kind of content; at first there is nothing but the greeting."""
        yield Static("", id="object-title", markup=False)
        yield _hidden(Static("", id="object-comment", markup=False))
        yield TabStrip()
        yield _hidden(Static("", id="object-note", markup=False))
        yield _hidden(ResultGrid(id="object-list", leaves=("export",)))
        yield _hidden(ResultGrid(id="object-rows", leaves=("export",)))
        yield _hidden(LineView(id="object-sql"))
        yield _hidden(GraphView(id="object-graph"))
        yield StatePlace(Empty(_GREETING, "↑ ↓ and enter choose an object, / finds one."), id="object-state")

    @property
    def list(self) -> ResultGrid:
        """The grid of the tabs that list something."""
        return self.query_one("#object-list", ResultGrid)

    @property
    def rows(self) -> ResultGrid:
        """The grid of the object's own rows."""
        return self.query_one("#object-rows", ResultGrid)

    @property
    def graph(self) -> GraphView:
        """The foreign-key graph."""
        return self.query_one(GraphView)

    def show_title(self, name: str, kind: str, facts: Sequence[str], comment: str) -> None:
        """Say what is looked at."""
        about = " · ".join(safe_text(fact) for fact in (kind, *facts) if fact)
        self.query_one("#object-title", Static).update(
            Content.assemble((cell_text(name, 100), "bold"), "  ", (about, "$muted"))
        )
        line = self.query_one("#object-comment", Static)
        line.display = bool(comment)
        line.update(Content(safe_text(comment)))

    def show_tabs(self, tabs: Sequence[Tab], current: int) -> None:
        """Name the tabs."""
        self.query_one(TabStrip).show(tabs, current)

    def show_list(self, tab: Tab) -> None:
        """Show what a tab lists, or the sentence that says why there is nothing."""
        self.show_note("")
        assert tab.rows is not None
        if not tab.rows.count and tab.empty:
            self.show_state(Empty(tab.empty))
            return
        self.list.empty = tab.empty
        self.list.set_source(tab.rows)
        self.list.set_links(frozenset({tab.link}) if tab.targets else frozenset())
        if tab.targets:
            self.list.move_to(0, tab.link)  # where enter goes there
        self._show_only("#object-list")

    def show_sql(self, sql: str) -> None:
        """Show a definition."""
        self.show_note("")
        self.query_one(LineView).set_lines(sql_lines(sql))
        self._show_only("#object-sql")

    def show_graph(self, around: Neighbourhood) -> None:
        """Show the foreign keys around a table."""
        self.show_note("← points here   → it points at   enter goes there   ⌫ goes back   ? may be null")
        self.graph.show(around)
        self._show_only("#object-graph")

    def show_run(self, run: StatementRun, relation: Relation) -> None:
        """Show the object's rows as they come, and as whom they were read."""
        state = run.state
        self.show_note(header(state), tone="-impersonating" if not run.request.identity.is_login else "")
        if state.failure is not None and (run.rows is None or not run.rows.count):
            login = run.database.facts.user
            self.show_state(ErrorState(with_missing_grant(state.failure, relation, run.request.identity, login)))
        elif run.rows is None:
            if not self.query("#object-state Loading"):
                self.show_state(Loading("Reading rows", way_out="ctrl+g cancels"))
        elif not run.rows.count and state.phase is Phase.DONE:
            who = f" as {run.request.identity.describe()}" if not run.request.identity.is_login else ""
            self.show_state(Empty(f"No rows{who}.", "Row security may hide some." if who else ""))
        else:
            if self.rows.source is not run.rows:
                self.rows.set_source(run.rows)
            else:
                self.rows.rows_appended()
            self._show_only("#object-rows")

    def show_state(self, state: Widget) -> None:
        """Show a state in the place of content."""
        place = self.query_one("#object-state", Vertical)
        place.remove_children()
        place.mount(state)
        self._show_only("#object-state")

    def show_note(self, words: str, *, tone: str = "") -> None:
        """Say something above the content, such as how old or as whom it is."""
        line = self.query_one("#object-note", Static)
        line.display = bool(words)
        line.update(Content(safe_text(words)))
        line.set_classes(tone)

    def focus_content(self) -> None:
        """Let keys go to what is on show."""
        for widget in (
            self.list,
            self.rows,
            self.query_one(LineView),
            self.graph,
            *self.query(ErrorState),
            self.query_one(StatePlace),
        ):
            if widget.display and widget.parent is not None and getattr(widget.parent, "display", True):
                widget.focus()
                return

    def _show_only(self, wanted: str) -> None:
        had_focus = self.has_focus_within
        target = self.query_one(wanted)
        target.display = True
        if had_focus and target.can_focus:
            self.screen.set_focus(target)
        for name in ("#object-list", "#object-rows", "#object-sql", "#object-graph", "#object-state"):
            self.query_one(name).display = name == wanted
        if had_focus:
            self.call_after_refresh(self.focus_content)
