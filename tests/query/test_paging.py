"""How large the pages are that a result is read in."""

from chatly_console.query.paging import LARGEST_PAGE, NEAR_PAGE, PAGE_CHARACTERS, PageSize


def test_pages_are_small_nearby_and_large_where_each_costs_a_long_way() -> None:
    size = PageSize()
    for _ in range(10):
        size.took(1_000, 0.004)
    assert size.largest == NEAR_PAGE
    for seconds in (0.05, 0.004, 0.05, 0.05):  # one slow page means nothing
        size.took(1_000, seconds)
    assert size.largest == NEAR_PAGE
    size.took(1_000, 0.05)
    size.took(5_000, 0.05)
    assert size.largest == LARGEST_PAGE


def test_large_rows_make_small_pages() -> None:
    size = PageSize()
    size.saw([("x" * 1_000_000,)])
    assert size.limit(LARGEST_PAGE) == PAGE_CHARACTERS // 1_000_000
    size.saw([("x" * 100_000_000,)])
    assert size.limit(LARGEST_PAGE) == 1
