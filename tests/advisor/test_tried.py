"""Whether an index pays, by its figures."""

import pytest

from chatly_console.advisor.candidate import Candidate
from chatly_console.advisor.index_report import effect
from chatly_console.advisor.table_info import TableInfo
from chatly_console.advisor.tried import Figures, Tier, Tried, WithValues, with_worst

BY_A = Candidate(TableInfo("public", "sold", 1000, 100), ("a",), "planted")


@pytest.mark.parametrize(
    ("before", "after", "pays"),
    [
        (Figures(900, 20, 900), Figures(9, 0.1, 9), True),
        (Figures(20, 0.02, 10), Figures(5, 0.005, 3), False),
        (Figures(900, 20, 900), Figures(9, 15, 9), False),
        (Figures(900, 20, 900), Figures(9, 2, 800), False),
        (Figures(900), Figures(9), True),
        (Figures(90), Figures(9), False),
    ],
    ids=["time and blocks", "few blocks, whatever the clock says", "no time", "no blocks", "cost", "little cost"],
)
def test_an_index_pays_by_time_and_by_blocks_and_never_by_chance(before: Figures, after: Figures, pays: bool) -> None:
    assert Tried(BY_A, Tier.MEASURED, before, after).pays is pays
    assert not Tried(BY_A, Tier.MEASURED, before, after, is_used=False).pays


def test_of_many_statements_an_index_that_serves_none_says_so() -> None:
    assert effect(Tried(BY_A, Tier.ESTIMATED, Figures(0.0), Figures(0.0), is_used=False)) == "serves none"


def test_of_several_sets_of_values_the_worst_counts() -> None:
    quick = WithValues("absent values", Figures(900, 20, 900), Figures(9, 0.1, 9), True)
    slow = WithValues("the most common values", Figures(900, 30, 900), Figures(900, 29, 900), False)
    one = Tried(BY_A, Tier.MEASURED, quick.before, quick.after)
    assert with_worst(one, [quick]).pays and with_worst(one, [quick]).by_values == ()
    both = with_worst(one, [quick, slow])
    assert (both.after, both.is_used, both.pays, len(both.by_values)) == (slow.after, False, False, 2)
