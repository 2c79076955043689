"""Pictures of the Advisor: findings, their kinds, and an index that was measured, narrow and wide."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from chatly_console.advisor.checks import BY_NAME, Finding
from chatly_console.advisor.indexes.candidate import Candidate
from chatly_console.advisor.indexes.table_info import TableInfo
from chatly_console.advisor.indexes.tried import Asked, Figures, IndexAdvice, Looked, Tier, Tried
from chatly_console.advisor.listing import Order
from chatly_console.advisor.views import FindingsView, GroupsView, IndexView, View
from chatly_console.explain.analysis import analyse
from chatly_console.explain.parsing import read_plans
from chatly_console.explain.running import PlanOptions
from chatly_console.explain.service import PlanRun
from chatly_console.shell.states import ErrorState
from tests.advisor.stage import Stage
from tests.query.stage import session_without_server, until

SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
_PLAN = """\
Seq Scan on messages  (cost=0.00..1824.00 rows=12 width=8) (actual time=0.100..770.000 rows=12 loops=1)
  Filter: (platform_client_id = 17)
  Rows Removed by Filter: 59988
  Buffers: shared hit=924
Execution Time: 771.000 ms
"""


def _finding(name: str, relation: str, detail: str, fix: str = "") -> Finding:
    return Finding(BY_NAME[name], f"public.{relation}", detail, fix, "", "public", relation)


FINDINGS = [
    _finding("rls_disabled_in_public", "notes [/]", "row level security is off, and the API roles may read it",
             'alter table public."notes [/]" enable row level security;'),
    *(_finding("unindexed_foreign_keys", f"t_{n}", f"foreign key t_{n}_p_fkey (p) has no covering index",
               f"create index concurrently t_{n}_p_idx on public.t_{n} (p);") for n in range(12)),
    _finding("dead_rows", "messages", "31,000 of 60,000 rows are dead", "vacuum (analyze) public.messages;"),
]  # fmt: skip


def _advice() -> IndexAdvice:
    table = TableInfo("public", "messages", 60000, 924, writes=48000, hours=48, hot_share=0.4)
    sql = "select * from messages where platform_client_id = 17"
    plan = read_plans(_PLAN)[0]
    run = PlanRun(sql, plan, PlanOptions(analyze=True))
    looked = Looked(Asked(sql), run, analyse(plan), (), ())
    before = Figures(1824.0, 771.0, 924.0, 5000.0, 0.0)
    sorted_too = Candidate(table, ("platform_client_id", "sent_at desc"), "equal: platform_client_id; sorted")
    on_disk = Candidate(table, ("sent_at",), "rows lie on the disk in this order", "brin")
    tried = (
        Tried(sorted_too, Tier.MEASURED, before, Figures(48.2, 0.05, 14.0, 1.0, 0.0), 1.4, 0.3),
        Tried(on_disk, Tier.ESTIMATED, Figures(1824.0), Figures(1824.0), is_used=False),
    )
    return IndexAdvice((looked,), tried, None, ("Of 3 statements on record it makes 2 cheaper.",))


VIEWS: dict[str, View] = {
    "findings": FindingsView.of(FINDINGS, ("", ""), "", 2, (), "as postgres"),
    "kinds": GroupsView.of(FINDINGS, Order.KIND, 2, (), "as postgres"),
    "index": IndexView(_advice(), "as the login"),
}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("name", VIEWS)
def test_what_is_on_show(snap_compare: Any, tmp_path: Path, size: tuple[int, int], name: str) -> None:
    async def ready(pilot: "Pilot[None]") -> None:
        stage = pilot.app
        assert isinstance(stage, Stage)
        await until(lambda: bool(stage.query(ErrorState)))  # nothing is connected; from here on nothing moves
        stage.pane.show(VIEWS[name])
        await until(lambda: bool(stage.rows()))
        stage.grid.focus()
        await pilot.pause()

    assert snap_compare(Stage(session_without_server(), tmp_path), terminal_size=size, run_before=ready)
