"""What lasts is out of the garbage collector's sight, and nothing that was thrown away stays in memory for it."""

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from chatly_console.shell.lasting import look_again, set_aside


class Ring:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def back_to_normal() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_what_was_set_aside_is_not_looked_at_again() -> None:
    lasting = Ring()
    assert any(one is lasting for one in gc.get_objects())
    set_aside()
    assert not any(one is lasting for one in gc.get_objects())


def test_what_takes_the_place_of_what_it_made_before_is_not_looked_at() -> None:
    set_aside()
    gc.collect()
    made = [Ring() for _ in range(1_000)]
    looks = [one["collections"] for one in gc.get_stats()]
    for _ in range(20):
        made = [Ring() for _ in range(1_000)]
        for one in made:
            del one.me
    assert [one["collections"] for one in gc.get_stats()] == looks
    assert made


def test_what_was_thrown_away_between_two_panes_is_freed() -> None:
    set_aside()
    thrown_away = ref(Ring())
    set_aside()
    assert thrown_away() is None


def test_a_database_that_was_left_is_found_though_it_was_set_aside() -> None:
    left = Ring()
    watched = ref(left)
    set_aside()
    del left
    gc.collect()
    assert watched() is not None
    look_again()
    assert watched() is None
