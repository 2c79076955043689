"""Pictures of the grid at three sizes, in each of its states."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from chatly_console.core.row_source import ListedRows, RowSource
from tests.shell.grid_app import GridApp, hostile, ordinary, wide

SIZES = [(80, 24), (120, 40), (160, 50)]
STATES: dict[str, Callable[[], RowSource]] = {
    "ordinary": ordinary,
    "hostile": hostile,
    "wide": wide,
    "empty": lambda: ListedRows(["id", "client"], []),
}


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("state", STATES)
def test_grid(snap_compare: Callable[..., bool], state: str, size: tuple[int, int]) -> None:
    assert snap_compare(GridApp(STATES[state]()), terminal_size=size, press=["down", "right"])


@pytest.mark.parametrize("keys", [["enter"], ["s", "space"]], ids=["row", "cell"])
def test_details(snap_compare: Callable[..., bool], keys: list[str]) -> None:
    assert snap_compare(GridApp(ordinary()), terminal_size=(80, 24), press=keys)


def test_json_folds(snap_compare: Callable[..., bool]) -> None:
    from chatly_console.core.values import Column

    value = '{"name": "Ada", "tags": ["a", {"deep": 12345678901234567890.10}], "none": null, "ok": true, "empty": {}}'
    source = ListedRows([Column("payload", 3802, "jsonb")], [(value,)])
    keys = ["space", "down", "down", "space"]
    assert snap_compare(GridApp(source), terminal_size=(80, 24), press=keys)


def test_stale(snap_compare: Callable[..., bool]) -> None:
    async def age(pilot: Pilot[None]) -> None:
        assert isinstance(pilot.app, GridApp)
        pilot.app.grid.set_stale(True, "12 s")

    assert snap_compare(GridApp(ordinary()), terminal_size=(80, 24), run_before=age)
