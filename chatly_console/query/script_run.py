"""The run of many statements of a script as one: how far it has come is told, and it is cancelled as one."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatly_console.core.failure import Failure
from chatly_console.core.request import Request
from chatly_console.core.row_source import StoredRows
from chatly_console.query.run import Phase
from chatly_console.query.script import Step
from chatly_console.query.script_session import ScriptSession
from chatly_console.query.service import StatementRun
from chatly_console.query.titles import title_of
from chatly_console.server.database import Database


class ScriptRun(StatementRun):
    """Some steps of a script, one after the other, in its session."""

    def __init__(
        self, database: Database, request: Request, session: ScriptSession, steps: Sequence[tuple[int, Step]], *,
        on_change: Callable[[StatementRun], None],
    ) -> None:  # fmt: skip
        super().__init__(database, request, on_change=on_change, transaction=session.transaction)
        self._session, self._steps = session, steps
        self._title = ""
        self.progress = self

    @property
    def words(self) -> str:
        """Which statement it is at: `statement 37 of 412, create table: 2 MB of 3 MB sent`."""
        session = self._session
        copied = f": {session.copied.words}" if session.copied is not None else ""
        return f"statement {session.number:,} of {session.plan.script.statements:,}, {self._title}{copied}"

    async def _run(self) -> None:
        session, sent, changed = self._session, self._session.sent, self._session.changed
        try:
            for number, step in self._steps:
                self._title = title_of(session.plan.found[number], step.place.sql)
                await session.carry(number, self._hear)
        except Failure:
            if session.plan.own_transactions:
                self.state = replace(self.state, fate=f"{session.kept:,} kept before it")
            raise
        count = session.sent - sent
        tag = session.tag if count == 1 else f"{count:,} statements"
        state = replace(
            self._timed(),
            phase=Phase.DONE,
            tag=tag,
            changed=session.changed - changed,
            strength=session.transaction.strength,
        )
        self.rows = StoredRows([])
        self.rows.exhausted = True
        self._change(state)
