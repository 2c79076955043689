"""What auto_explain writes into a server's log, in each form of plan and of log."""

from pathlib import Path

import pytest

from chatly_console.explain.parsing import read_plans

LOGS = sorted((Path(__file__).parent / "logs").iterdir())
SQL = "select count(*), 'it''s'\n  from customer c where c.region = 3"


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_all_plans_of_a_log_with_their_statements(path: Path) -> None:
    plans = read_plans(path.read_text(encoding="utf-8"))
    assert [[node.kind for node in plan.nodes] for plan in plans] == [["Aggregate", "Seq Scan"]] * 4
    assert [plan.query for plan in plans] == [SQL] * 4
    for plan in plans:
        assert plan.execution_ms is not None and plan.execution_ms > 0
        assert plan.nodes[1].raw["Rows Removed by Filter"] == 857
        assert plan.nodes[1].rows == 143
