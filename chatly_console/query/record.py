"""Writes the history of runs: each when it is sent, and again when it is known what came of it."""

import sqlite3
from collections.abc import Callable

from chatly_console.core.failure import FailureKind
from chatly_console.core.request import Mode
from chatly_console.query.history import History, HistoryEntry, Outcome
from chatly_console.query.run import Phase, RunState
from chatly_console.query.service import StatementRun


class Record:
    """The history as runs write it. A disk that refuses is told once, and never stops a statement."""

    def __init__(self, history: History, on_trouble: Callable[[str], None]) -> None:
        self.history = history
        self._on_trouble = on_trouble
        self._told = False

    async def started(self, run: StatementRun, sql: str, *, profile: str) -> int:
        """Write down that a run of `sql`, as the user wrote it, begins; 0 where that failed."""
        request = run.request
        facts = run.database.facts
        entry = HistoryEntry(sql, profile, facts.database, run.state.as_whom, request.mode.value, Outcome.STARTED, 0.0)
        try:
            return await self.history.add(entry)
        except (OSError, sqlite3.Error) as error:
            self._tell(error)
            return 0

    async def ended(self, number: int, run: StatementRun) -> None:
        """Write down what came of it."""
        state = run.state
        message = state.failure.sentence if state.failure is not None else ""
        rows = None if state.has_more and state.phase is not Phase.DONE else _rows(state)
        try:
            if number:
                await self.history.settle(number, outcome_of(state), state.seconds, rows, message)
        except (OSError, sqlite3.Error) as error:
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        if not self._told:
            self._told = True
            self._on_trouble(f"The history cannot be written: {error}.")


def outcome_of(state: RunState) -> str:
    """The word of the history for how a run ended."""
    if state.failure is not None:
        return Outcome.LOST if state.failure.kind is FailureKind.LINK and not state.fate else Outcome.FAILED
    if state.phase is Phase.CANCELLED:
        return Outcome.CANCELLED
    return {Mode.COMMITTED: Outcome.COMMITTED, Mode.ROLLED_BACK: Outcome.ROLLED_BACK}.get(state.mode, Outcome.DONE)


def _rows(state: RunState) -> int | None:
    """How many rows came or were changed, by the server's own word where there is one."""
    last = state.tag.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else state.rows if state.has_columns else None
