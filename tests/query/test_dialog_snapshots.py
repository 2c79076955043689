"""Pictures of what the Query pane asks and draws: parameters, a new value, a chart, at two sizes."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from textual.app import App
from textual.screen import ModalScreen

from chatly_console.core.values import Column
from chatly_console.query.chart import chart_of
from chatly_console.query.ui.cell_editor import CellEditor
from chatly_console.query.ui.chart_screen import ChartScreen
from chatly_console.query.ui.parameter_form import Field, ParameterForm
from tests.query.stage import Stage

DAY, N, M = Column("day", 1082, "date"), Column("messages", 20, "bigint"), Column("inbound", 20, "bigint")
DAYS = [(f"2026-03-{day:02}", str(200 + day * day % 37 * 10), str(100 + day % 5 * 20)) for day in range(1, 29)]
FORM = [
    Field(":client", "text", "nordlicht", words="slug of the client [/]"),
    Field(":days", "integer", "90", words="how far back"),
    Field(":since", "timestamp with time zone", "", while_empty="required"),
    Field(":note", "text", None),
]
SCREENS: dict[str, Callable[[], ModalScreen[Any]]] = {
    "parameters": lambda: ParameterForm("Values for this statement", FORM),
    "json": lambda: CellEditor("settings", "jsonb", '{"sla": {"minutes": 30.50}, "tags": ["[/]", "β"]}'),
    "cell": lambda: CellEditor("subject", "text", "Rückgabe [/] Brille"),
    "chart": lambda: ChartScreen("select messages · 28 rows", chart_of([DAY, N, M], DAYS)),
}


class OneDialog(App[None]):
    """A dialog over nothing."""

    CSS = "Input { height: 1; border: none; }"

    def __init__(self, screen: ModalScreen[Any]) -> None:
        super().__init__()
        self.animation_level = "none"
        self._dialog = screen

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return Stage.get_theme_variable_defaults(cast(Any, self))

    def on_ready(self) -> None:
        self.push_screen(self._dialog)
        for field in self._dialog.query("Input"):
            field.cursor_blink = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
def test_dialog(snap_compare: Callable[..., bool], name: str, size: tuple[int, int]) -> None:
    assert snap_compare(OneDialog(SCREENS[name]()), terminal_size=size)
