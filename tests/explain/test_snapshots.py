"""Pictures of a plan in its views, at the sizes that the screen is made for."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from chatly_console.explain.analysis import analyse
from chatly_console.explain.diff import compare
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.explain.ui.views import PlanViews
from tests.explain.stage import PlanStage, session_without_server, until

TEXT = """\
Limit  (cost=0.00..90.00 rows=50 width=36) (actual time=770.100..812.300 rows=50 loops=1)
  Buffers: shared hit=18600 read=31
  ->  Sort  (cost=0.00..90.00 rows=1204 width=36) (actual time=770.000..812.200 rows=50 loops=1)
        Sort Key: first_response DESC
        Sort Method: top-N heapsort  Memory: 32kB
        Buffers: shared hit=18600 read=31
        ->  Hash Join  (cost=0.00..80.00 rows=6 width=36) (actual time=3.000..808.900 rows=48211 loops=1)
              Hash Cond: (c.platform_client_id = pc.id)
              Buffers: shared hit=18600 read=31
              ->  Seq Scan on messages m  (cost=0.00..70.00 rows=6 width=8) (actual time=1.0..771.4 rows=48211 loops=1)
                    Filter: (platform_client_id = 'x'::uuid)
                    Rows Removed by Filter: 1951789
                    Buffers: shared hit=18492 read=31
              ->  Hash  (cost=0.00..9.00 rows=1204 width=8) (actual time=0.400..0.400 rows=1204 loops=1)
                    Buckets: 2048  Batches: 1  Memory Usage: 64kB
                    Buffers: shared hit=96
                    ->  Seq Scan on "متجر [/] clients" pc  (cost=0.00..8.00 rows=1204 width=8) (never executed)
Planning Time: 0.400 ms
Execution Time: 813.000 ms
"""
BETTER = TEXT.replace("771.4 ", "0.900 ").replace(
    "Seq Scan on messages m", "Index Scan using messages_client_idx on messages m"
)
SIZES = {"80x24": (80, 24), "120x40": (120, 40), "160x50": (160, 50)}


def picture(snap_compare: Any, folder: Path, size: tuple[int, int], view: str) -> bool:
    async def ready(pilot: "Pilot[None]") -> None:
        stage = pilot.app
        assert isinstance(stage, PlanStage)
        stage.pane.read(TEXT)
        await until(lambda: stage.pane.analysis is not None and stage.query_one(PlanViews).size.height > 2)
        views = stage.query_one(PlanViews)
        if view == "diff":
            after = analyse(read_plans(BETTER)[0])
            assert stage.pane.analysis is not None
            views.compare(compare(stage.pane.analysis, after), "before → after")
        stage.pane.switch(view)
        await pilot.pause()
        stage.query_one(PlanTree).focus() if view == "tree" else views.shown.focus()
        await pilot.pause()

    return bool(snap_compare(PlanStage(session_without_server(), folder), terminal_size=size, run_before=ready))


@pytest.mark.parametrize("size", SIZES)
def test_the_tree_at_every_size(snap_compare: Any, tmp_path: Path, size: str) -> None:
    assert picture(snap_compare, tmp_path, SIZES[size], "tree")


@pytest.mark.parametrize("view", ["flame", "nodes", "diff"])
def test_the_other_views(snap_compare: Any, tmp_path: Path, view: str) -> None:
    assert picture(snap_compare, tmp_path, SIZES["120x40"], view)
