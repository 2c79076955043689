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


def test_the_values_of_a_prepared_statement_are_beside_its_text() -> None:
    text = """\
2026-11-25 21:36:04.102 UTC [812] postgres@chatly LOG:  duration: 0.090 ms  plan:
\tQuery Text: select count(*) from customer c
\t where c.region = $1 and c.name <> $2
\tQuery Parameters: $1 = '3', $2 = 'a''b
\tnew  line'
\tSeq Scan on customer c  (cost=0.00..22.00 rows=143 width=0) (actual time=0.011..0.072 rows=143.00 loops=1)
\t  Filter: ((name <> 'a''b
\tnew  line'::text) AND (region = 3))
2026-11-25 21:36:04.190 UTC [812] postgres@chatly LOG:  disconnection: session time: 0:00:00.1
"""
    (plan,) = read_plans(text)
    assert plan.query == "select count(*) from customer c\n where c.region = $1 and c.name <> $2"
    assert plan.raw["Query Parameters"] == "$1 = '3', $2 = 'a''b\nnew  line'"
    assert plan.root.text("Filter").endswith("new  line'::text) AND (region = 3))")
