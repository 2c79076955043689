"""Recall against numpy's brute force, and its arithmetic at the edges."""

import numpy as np
import pytest

from chatly_console.vectors.lab import rounds
from chatly_console.vectors.recall import Distribution, Neighbour, Tally, missed, nearest, percentile, recall


def some(*distances: float) -> list[Neighbour]:
    return [Neighbour(f"r{place}", distance) for place, distance in enumerate(distances)]


def test_recall_equals_brute_force_with_numpy() -> None:
    random = np.random.default_rng(7)
    data, questions, k = random.normal(size=(400, 16)), random.normal(size=(50, 16)), 10
    for question in questions:
        distances = np.linalg.norm(data - question, axis=1)
        true_places = np.argsort(distances, kind="stable")[:k]
        found_places = sorted(random.choice(400, size=200, replace=False), key=lambda place: distances[place])[:k]
        expected = len(set(true_places.tolist()) & {int(place) for place in found_places}) / k
        truth = [Neighbour(str(place), float(distances[place])) for place in true_places]
        found = [Neighbour(str(place), float(distances[place])) for place in found_places]
        assert recall(truth, found) == pytest.approx(expected)


def test_rows_at_the_same_distance_are_equally_right() -> None:
    truth = some(0.1, 0.2, 0.2)
    found = [Neighbour("r0", 0.1), Neighbour("twin of r1", 0.2 + 1e-9), Neighbour("r2", 0.2)]
    assert recall(truth, found) == 1.0
    assert missed(truth, found) == {"r1"}


def test_fewer_rows_are_fewer_hits_and_no_truth_is_no_recall() -> None:
    assert recall(some(1, 2, 3, 4), some(1)) == 0.25
    assert recall(some(1, 2), []) == 0.0
    assert recall([], some(1)) is None
    assert recall(some(-3.0, -2.0), [Neighbour("far", -1.0)]) == 0.0


def test_the_row_that_was_asked_about_is_no_neighbour_of_itself() -> None:
    assert [n.key for n in nearest(some(0, 1, 2, 3), 2, without="r0")] == ["r1", "r2"]
    assert [n.key for n in nearest(some(0, 1, 2, 3), 2, without="not found")] == ["r0", "r1"]


def test_a_distribution_shows_the_worst_and_the_short_beside_the_mean() -> None:
    tally = Tally()
    tally.add(some(1, 2), some(1, 2), 0.001)
    tally.add(some(1, 2), [], 0.009)
    tally.add([], [], 0.002)
    figures = Distribution.of(tally)
    assert (figures.questions, figures.recall, figures.recall_min) == (3, 0.5, 0.0)
    assert (figures.zeros, figures.below_half, figures.short) == (1, 1, 1)
    assert figures.p50_ms == pytest.approx(2)
    assert figures.p95_ms == pytest.approx(9)


def test_percentiles_and_rounds() -> None:
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile([], 0.5) == 0
    assert sum(rounds(100)) == 100 and rounds(100)[0] <= 5
    assert rounds(3) == [2, 1] and rounds(0) == []
