"""A grid has many single letters: none of them may take a key away from the pane that the grid stands in."""

import importlib
from collections.abc import Iterator
from typing import cast

import pytest
from textual.app import App, ComposeResult

from chatly_console.panes import PANES, RESULT_TABS
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.grid.messages import ExportRequested
from chatly_console.shell.pane import Pane, PaneSpec
from tests.query.stage import Stage, session_without_server

THE_SAME = {
    ("schema", "slash"): "filters the rows, as in the pane it finds in the tree",
    ("schema", "y"): "copies what is at the cursor",
    ("explain", "y"): "copies what is at the cursor",
    ("explain", "E"): "asks the pane for its export",
    ("policies", "E"): "asks the pane for its report",
    ("policies", "enter"): "opens the row; f5 runs too",
}
"""Keys that mean the same in both, or so nearly that nobody is led astray."""


class OnePane(App[None]):
    """A pane alone, with no server."""

    def __init__(self, spec: PaneSpec) -> None:
        super().__init__()
        module, _, name = spec.path.partition(":")
        self.pane: Pane = getattr(importlib.import_module(module), name)(session_without_server())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {
            **Stage.get_theme_variable_defaults(cast(Stage, self)),
            "stale": "#909090",
            "selection": "#404040",
            "selection-text": "#ffffff",
        }

    def compose(self) -> ComposeResult:
        yield self.pane


def clashes(grid: ResultGrid, room: str) -> Iterator[str]:
    """The keys of this grid that somebody around it has too; `escape` goes on where the grid has no use for it."""
    own = {key: bound[0].action for key, bound in grid._bindings.key_to_bindings.items()}
    for around in grid.ancestors:
        for key, bindings in around._bindings.key_to_bindings.items():
            taken = own.get(key)
            if taken is None or key == "escape" or grid.check_action(taken, ()) is False or isinstance(around, App):
                continue
            if (room, key) not in THE_SAME:
                yield f"{key}: {taken} of the grid {grid.id}, {bindings[0].action} of {type(around).__name__}"


@pytest.mark.parametrize("spec", [*PANES, *RESULT_TABS], ids=lambda spec: spec.name)
async def test_no_grid_takes_a_key_of_its_pane(spec: PaneSpec) -> None:
    app = OnePane(spec)
    async with app.run_test(size=(120, 40)):
        grids = list(app.pane.query(ResultGrid))
        assert [clash for grid in grids for clash in clashes(grid, spec.name)] == []


@pytest.mark.parametrize("spec", [*PANES, *RESULT_TABS], ids=lambda spec: spec.name)
async def test_a_grid_offers_an_export_only_where_there_is_one(spec: PaneSpec) -> None:
    app = OnePane(spec)
    async with app.run_test(size=(120, 40)):
        for grid in app.pane.query(ResultGrid):
            around = [type(one) for one in grid.ancestors]
            hears = any(ExportRequested in kind._decorated_handlers for kind in around for kind in kind.__mro__
                        if hasattr(kind, "_decorated_handlers"))  # fmt: skip
            assert (grid.check_action("export", ()) is not False) == hears
