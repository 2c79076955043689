"""Pictures of a result in each of its states, at the three sizes that the screen is made for."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from textual.app import App, ComposeResult

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.request import Mode, Request
from chatly_console.core.row_source import StoredRows
from chatly_console.core.values import Column, Notice
from chatly_console.query.run import Phase, RunState
from chatly_console.query.service import StatementRun
from chatly_console.query.ui.results import ResultView
from tests.query.stage import Stage

COLUMNS = [Column("id", 23, "int4"), Column("client"), Column("first_response")]
ADA = Identity.authenticated("02ab7c1e-5a57-4a8f-9f0e-3f6b2f1e77aa", "ada@nordlicht.example")
ERROR = Failure(
    'Column "opened" does not exist',
    FailureKind.SQL,
    "42703",
    hint='Perhaps you meant to reference the column "c.opened_at".',
)


@dataclass
class StillRun:
    """A run at a moment that does not pass."""

    state: RunState
    rows: StoredRows | None = None
    request: Request = field(default_factory=lambda: Request("select 1"))
    notices: list[Notice] = field(default_factory=list)
    seconds: float = 3.2
    cursor_age: float | None = None


def rows(count: int) -> StoredRows:
    store = StoredRows(COLUMNS)
    names = ("Nordlicht Optik", "متجر النور", "Café Miró")
    store.append([(str(i), names[i % 3], None if i % 4 else "2 days") for i in range(count)])
    return store


SEEN = RunState(Mode.READ_ONLY, "postgres", phase=Phase.DONE, rows=40, has_columns=True, seconds=0.041)
AS_ADA = replace(SEEN, as_whom="authenticated ada@nordlicht.example", strength="boundary")
STATES: dict[str, Callable[[], StillRun]] = {
    "loading": lambda: StillRun(RunState(Mode.READ_ONLY, "postgres")),
    "empty": lambda: StillRun(replace(SEEN, rows=0), rows(0)),
    "error": lambda: StillRun(RunState(Mode.READ_ONLY, "postgres", phase=Phase.FAILED, seconds=0.012, failure=ERROR)),
    "result": lambda: StillRun(replace(SEEN, phase=Phase.OPEN), rows(40), cursor_age=12.0),
    "impersonating": lambda: StillRun(AS_ADA, rows(40), Request("select 1", identity=ADA)),
    "notices": lambda: StillRun(SEEN, rows(40), Request("select 1", identity=LOGIN), [Notice("NOTICE", "hello [/]")]),
    "stale": lambda: StillRun(SEEN, rows(40)),
}


class OneResult(App[None]):
    """A result alone."""

    def __init__(self, run: StillRun, *, stale: bool) -> None:
        super().__init__()
        self._run, self._stale = run, stale

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return Stage.get_theme_variable_defaults(cast(Any, self))

    def compose(self) -> ComposeResult:
        yield ResultView()

    def on_ready(self) -> None:
        view = self.query_one(ResultView)
        view.show(cast(StatementRun, self._run), place="line 4, column 12")
        view.set_stale(self._stale)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
def test_result(snap_compare: Callable[..., bool], state: str, size: tuple[int, int]) -> None:
    assert snap_compare(OneResult(STATES[state](), stale=state == "stale"), terminal_size=size)
