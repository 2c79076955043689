"""What the pane says of a running build."""

import pytest

from chatly_console.advisor.indexes.building import Building, building_of
from chatly_console.advisor.ui.index_verbs import progress_words

ROW = {"phase": "building index: loading tuples in tree", "done": 250.0, "total": 1000.0, "unit": "rows",
       "waits_for": None}  # fmt: skip


@pytest.mark.parametrize(
    ("done", "total", "bar", "share", "words"),
    [
        (0.0, 1000.0, "░" * 16, "0%", "0 of 1,000 rows"),
        (250.0, 1000.0, "█" * 4 + "░" * 12, "25%", "250 of 1,000 rows"),
        (1000.0, 1000.0, "█" * 16, "100%", "1,000 of 1,000 rows"),
        (1200.0, 1000.0, "█" * 16, "100%", "1,200 of 1,000 rows"),
    ],
    ids=["none yet", "a quarter", "all", "more than was expected"],
)
def test_how_much_is_done_is_a_bar_and_a_percentage(
    done: float, total: float, bar: str, share: str, words: str
) -> None:
    at = building_of(ROW | {"done": done, "total": total})
    line = progress_words("sold_a_idx", at)
    phase = str(ROW["phase"]).removeprefix("building index: ")
    assert line == f"Building sold_a_idx  {bar} {share}  {phase}  {words}  ^g cancels"


def test_where_the_server_tells_no_total_there_is_no_percentage() -> None:
    at = building_of({"phase": "waiting for writers before build", "done": None, "total": 0.0, "unit": "lockers",
                      "waits_for": [{"pid": 42, "login": "Ann O", "state": None}]})  # fmt: skip
    assert at == Building("waiting for writers before build", None, "", 'pid 42 ("Ann O", at work)')
    line = progress_words("sold_a_idx", at)
    assert "%" not in line and "█" not in line and 'waits for pid 42 ("Ann O", at work)  ^g cancels' in line
