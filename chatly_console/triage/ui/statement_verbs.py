"""What the pane does with the statements: order them, choose their window, take one to its plan or to the advisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatly_console.core.failure import Failure
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.messages import AdviseIndex, ExplainStatement, Report, Say
from chatly_console.triage.service import read_query
from chatly_console.triage.statements import ORDERS

if TYPE_CHECKING:
    from chatly_console.triage.ui.pane import TriagePane
    from chatly_console.triage.ui.views import Detail

_ORDERS = (*ORDERS, "slower")


class StatementVerbs:
    """The verbs; the pane asks for them by its keys."""

    def __init__(self, pane: TriagePane) -> None:
        self._pane = pane

    def next_order(self) -> None:
        """Order statements by the next measure; the last is how much slower they have become."""
        statements = self._pane.watching.statements
        statements.order = _ORDERS[(_ORDERS.index(statements.order) + 1) % len(_ORDERS)]
        self._pane.action_view("statements")

    async def choose_window(self) -> None:
        """From when on they count: some minutes ago, since the pane was opened, a stored moment, the reset."""
        statements = self._pane.watching.statements
        windows = statements.windows
        choices = [Choice(statements.words(window), window) for window in windows]
        marked = windows.index(statements.window) if statements.window in windows else 0
        chosen = await self._pane.app.push_screen_wait(Choose("Count statements", choices, marked=marked))
        if chosen is not None:
            statements.window = chosen
            self._pane.action_view("statements")

    async def plan(self) -> None:
        """Show the plan of the line's statement, estimated; nothing is run."""
        detail = await self.whole_detail(self._pane.table.cursor_key)
        if detail is not None and detail.sql and self._can_be_planned(detail):
            self._pane.post_message(ExplainStatement(detail.sql))

    async def advise(self) -> None:
        """Let the advisor look for an index that makes the line's statement quicker."""
        detail = await self.whole_detail(self._pane.table.cursor_key)
        if detail is not None and detail.sql and self._can_be_planned(detail):
            self._pane.post_message(AdviseIndex(detail.sql))

    async def whole_detail(self, key: object) -> Detail | None:
        """Everything about a line, with the statement as far as the server keeps it."""
        pane = self._pane
        detail = pane.detail(key)
        session = pane.watching.session(key) if pane.incidents.replay is None else None
        if detail is None or session is None or pane.session.database is None or session.backend_start is None:
            return detail
        try:
            query, is_cut = await read_query(pane.watching.source(pane.session.database), session)
        except Failure as failure:
            pane.post_message(Report(failure))
            return detail
        return detail.of_session(query, session.database, is_cut=is_cut)

    def _can_be_planned(self, detail: Detail) -> bool:
        database = self._pane.session.database
        here = database.facts.database if database is not None else ""
        if not detail.has_plan:
            self._say("There is no plan of this: it is what helps, not a statement that somebody ran.")
        elif detail.is_cut:
            self._say("The server has cut this statement (track_activity_query_size): it cannot be planned.")
        elif detail.database and detail.database != here:
            self._say(f"This statement runs in the database {detail.database}; connect there to see its plan (F2).")
        else:
            return True
        return False

    def _say(self, words: str) -> None:
        self._pane.post_message(Say(words, "warning"))
