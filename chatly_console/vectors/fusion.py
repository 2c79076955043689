"""Reciprocal rank fusion: puts two ranked lists together by the places in them, since their scores cannot be compared.

Cormack, Clarke and Büttcher, SIGIR 2009; 60 is the constant of that paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

SMOOTHING = 60


@dataclass(frozen=True, slots=True)
class Fused:
    """One row of either list: its score, and its place in each (None: not among the best there)."""

    key: str
    score: float
    vector_place: int | None
    text_place: int | None


def fuse(by_vector: Sequence[str], by_text: Sequence[str], k: int, *, smoothing: int = SMOOTHING) -> list[Fused]:
    """The `k` best keys of both lists; of equal scores the smaller key comes first, as in the SQL."""
    vector_places = {key: place for place, key in enumerate(by_vector, 1)}
    text_places = {key: place for place, key in enumerate(by_text, 1)}

    def fused(key: str) -> Fused:
        places = vector_places.get(key), text_places.get(key)
        return Fused(key, sum(1 / (smoothing + place) for place in places if place is not None), *places)

    found = [fused(key) for key in dict.fromkeys((*by_vector, *by_text))]
    return sorted(found, key=lambda one: (-one.score, one.key))[:k]
