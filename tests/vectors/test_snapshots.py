"""Pictures of the recall lab and the map with figures that never change."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from chatly_console.vectors.curve_listing import curve_rows
from chatly_console.vectors.lab import Curve, Point, Settings
from chatly_console.vectors.mapping import VectorMap
from chatly_console.vectors.plan import ServedBy
from chatly_console.vectors.projection import principal_plane
from chatly_console.vectors.recall import Distribution
from chatly_console.vectors.ui.header import Header, Heading
from chatly_console.vectors.ui.map_view import MapView
from chatly_console.vectors.ui.recall_view import RecallView
from tests.vectors.stage import Stage
from tests.vectors.test_rules import column

Compare = Callable[..., bool]
SIZES = [(120, 40), (80, 24)]


class Apart(Stage):
    """The pane without a database: only what the test puts there is seen."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]

    def on_mount(self) -> None:
        """Nobody asks anything."""


def curve() -> Curve:
    points = []
    for probes, recall, rows, milliseconds in ((1, 0.29, 3.1, 0.4), (4, 0.71, 7.8, 0.6), (10, 0.94, 10, 1.1),
                                               (32, 0.99, 10, 3.0), (100, 1.0, 10, 0.3)):  # fmt: skip
        figures = Distribution(100, recall, recall / 2, 3, 9, 0.01, rows, 0, 90 if rows < 10 else 0, milliseconds,
                               2 * milliseconds)  # fmt: skip
        exact = probes == 100
        node = ServedBy("Bitmap Heap Scan using tenant_idx + Sort" if exact else "Index Scan using i", not exact)
        settings: Settings = (("ivfflat.probes", str(probes)),)
        points.append(Point(settings, figures, node))
    return Curve(10, 100, tuple(points), done=True, exact_ms=40.0)


@pytest.mark.parametrize("size", SIZES)
def test_the_recall_lab(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def show(pilot: Pilot[Any]) -> None:
        stage = pilot.app
        assert isinstance(stage, Stage)
        await pilot.pause()
        stage.pane.show_view("recall")
        stage.query_one(Header).show(Heading(column(), provider="lexical"))
        view = stage.query_one(RecallView)
        view.show_curve(curve(), curve_rows(curve()))
        view.say("100 of 100 questions, rows of the table without themselves · exact 40.0 ms · done")
        view.conclude("⇒ Exact is quickest here: bitmap using tenant_idx + Sort, 0.3 ms.")
        view.grid.focus()
        view.choose(2)
        await pilot.pause()

    assert snap_compare(Apart(), terminal_size=size, run_before=show)


@pytest.mark.parametrize("size", SIZES)
def test_the_map(snap_compare: Compare, size: tuple[int, int]) -> None:
    angles = np.linspace(0, 6.28, 900)
    vectors = np.stack([np.cos(angles) * 2, np.sin(angles), angles * 0, np.cos(3 * angles) / 4], axis=1)
    plane = principal_plane(vectors.astype(np.float32))
    tenants: list[str | None] = [f"tenant {number // 300}" for number in range(900)]
    found = VectorMap([f"k{n}" for n in range(900)], tenants, plane.project(vectors.astype(np.float32)), plane, True)

    async def show(pilot: Pilot[Any]) -> None:
        stage = pilot.app
        assert isinstance(stage, Stage)
        await pilot.pause()
        stage.pane.show_view("map")
        view = stage.query_one(MapView)
        view.say("900 rows on the two axes that show most")
        view.show_map(found, "[2,0,0,0.25]", ["k5", "k200"])
        await pilot.pause()
        await pilot.pause()

    assert snap_compare(Apart(), terminal_size=size, run_before=show)
