"""Result tabs that other rooms give to the Query pane: panes of their own, built on first use below the editor."""

from __future__ import annotations

from collections.abc import Sequence

from textual import work
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.result_tabs import ResultTabs
from chatly_console.shell.messages import ExplainStatement, MeasurePolicies, Say
from chatly_console.shell.pane import Pane, PaneSpec
from chatly_console.shell.pane_host import build_pane
from chatly_console.shell.session import Session
from chatly_console.shell.statement_host import StatementHost

_ON_SHOW = "-hosted"
_PLAN = "explain"


class HostedTabs(Vertical):
    """Where hosted panes stand, in the place of the rows; one at a time is on show."""

    DEFAULT_CSS = """
    HostedTabs { height: 1fr; display: none; }
    .-hosted HostedTabs { display: block; }
    .-hosted ResultTabs { display: none; }
    """
    SCOPED_CSS = False

    def __init__(self) -> None:
        super().__init__()
        self.widgets: dict[str, Widget] = {}

    @property
    def panes(self) -> list[Pane]:
        """Those that were built."""
        return [widget for widget in self.widgets.values() if isinstance(widget, Pane)]


class HostingPane(Pane):
    """A pane with an editor and rows that lets other rooms show what they make of the statement in their place."""

    BINDINGS = [
        Binding("f8", "explain(False)", "plan", id="query.plan", tooltip="The plan of the statement at the cursor"),
        Binding("f9", "explain(True)", "analyse", id="query.analyse",
                tooltip="Run the statement at the cursor for the real times of its plan"),
        Binding("alt+x", "policy_cost", "cost of policies", id="query.policy_cost", show=False,
                tooltip="What row level security costs the statement at the cursor, and what would make it cheaper"),
        Binding("alt+p", "flip_result", "rows/plan", id="query.flip", show=False,
                tooltip="From the rows to the plan, and back"),
        Binding("escape", "to_editor", "editor", show=False, id="query.editor", tooltip="Back to the editor"),
    ]  # fmt: skip

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.offers: StatementHost | None = None
        """What hosted panes may ask for."""

    @property
    def tabs(self) -> HostedTabs:
        """The hosted panes."""
        return self.query_one(HostedTabs)

    @property
    def specs(self) -> Sequence[PaneSpec]:
        """The tabs that the program was built with."""
        found: Sequence[PaneSpec] = getattr(self.app, "result_tabs", ())
        return found

    def receive(self, request: Message) -> None:
        """Another room wants a plan to be looked at, so the plan gets the focus."""
        if isinstance(request, ExplainStatement):
            self.show_hosted(_PLAN, request, focus=True)

    def action_explain(self, analyze: bool) -> None:
        """The plan of the selection, or of the statement at the cursor."""
        if statement := self._statement():
            self.show_hosted(_PLAN, ExplainStatement(statement, analyze))

    def action_policy_cost(self) -> None:
        """Hand the statement to the Policies pane, which measures what policies cost it."""
        if statement := self._statement():
            self.post_message(MeasurePolicies(statement))

    def _statement(self) -> str:
        """The selection, or the statement at the cursor; where there is none that is said."""
        chosen = self.query_one(SqlEditor).chosen()
        if not chosen:
            self.post_message(Say("There is no statement at the cursor.", "error"))
            return ""
        return chosen[0][1]

    @property
    def shows_hosted(self) -> bool:
        """Whether a hosted pane is on show in the place of the rows."""
        return self.has_class(_ON_SHOW)

    def action_flip_result(self) -> None:
        """Rows or plan, whichever is not on show."""
        if self.shows_hosted:
            self.show_rows()
        else:
            self.show_hosted(_PLAN)

    def action_to_editor(self) -> None:
        """Typing goes to the editor again."""
        self.query_one(SqlEditor).focus()

    def show_rows(self) -> None:
        """Put the rows on show again, and the focus into them where the hosted pane had it."""
        if self.has_class(_ON_SHOW):
            if self.tabs.has_focus_within:
                self.call_after_refresh(self.query_one(ResultTabs).active.focus_rows)
            self.remove_class(_ON_SHOW)
            for pane in self.tabs.panes:
                pane.on_hidden()

    @work(group="hosted", exit_on_error=False)
    async def show_hosted(self, name: str, request: Message | None = None, *, focus: bool = False) -> None:
        """Put a hosted pane on show, built if this is its first use, and hand it what is asked of it.

        It has the focus then if that is wanted, or was in what it takes the place of.
        """
        focus = focus or self.query_one(ResultTabs).has_focus_within
        spec = next((spec for spec in self.specs if spec.name == name), None)
        if spec is None:
            return
        widget = self.tabs.widgets.get(name)
        if widget is None:
            widget = self.tabs.widgets[name] = await build_pane(spec, self.session)
            if isinstance(widget, Pane):
                widget.host = self.offers
            await self.tabs.mount(widget)
        for other in self.tabs.widgets.values():
            other.display = other is widget
        self.add_class(_ON_SHOW)
        if isinstance(widget, Pane):
            widget.on_shown()
            if request is not None:
                widget.receive(request)
        if focus:
            self.call_after_refresh(self.focus_hosted)

    def focus_hosted(self) -> bool:
        """Give the hosted pane the focus; False where the rows are on show."""
        if not self.has_class(_ON_SHOW):
            return False
        shown = (widget for widget in self.tabs.widgets.values() if widget.display)
        nodes = (node for widget in shown for node in widget.walk_children(Widget, with_self=True))
        target = next((node for node in nodes if node.focusable and node.region), None)
        if target is not None:
            target.focus()
        return target is not None

    # What the shell calls, handed on

    def on_connected(self) -> None:
        """Another database."""
        for pane in self.tabs.panes if self.is_mounted else ():
            pane.on_connected()

    def on_identity_changed(self) -> None:
        """Another identity."""
        for pane in self.tabs.panes if self.is_mounted else ():
            pane.on_identity_changed()

    @property
    def busy(self) -> str:
        """What a hosted pane is at."""
        return next((pane.busy for pane in self.tabs.panes if pane.busy), "") if self.is_mounted else ""

    def cancel_work(self) -> bool:
        """Stop what a hosted pane is at."""
        return sum(pane.cancel_work() for pane in self.tabs.panes) > 0
