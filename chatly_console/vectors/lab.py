"""The recall lab's plan: which settings are tried, in which rounds, and what is concluded from the points."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.operators import parse_settings, settings_words
from chatly_console.vectors.plan import ServedBy
from chatly_console.vectors.recall import Distribution, Outcome
from chatly_console.vectors.statements import search_sql

Settings = tuple[tuple[str, str], ...]

FIRST_QUESTIONS = 2
_PROBES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_EF_SEARCH = (10, 20, 40, 80, 100, 200, 400, 800)
_USUAL_EF_SEARCH = 40
GOOD_RECALL = 0.95
MOST_POINTS = 40
POINT_BUDGET = 20.0
"""Seconds that one setting may take in all; a slower one is judged by fewer questions."""


@dataclass(frozen=True, slots=True)
class Point:
    """One setting, measured: what it finds, how long it takes, and what served it."""

    settings: Settings
    figures: Distribution
    node: ServedBy
    worst: tuple[Outcome, ...] = ()

    @property
    def name(self) -> str:
        """The settings in few words."""
        return settings_words(self.settings)


@dataclass(frozen=True, slots=True)
class Curve:
    """What a sweep knows so far; `wanted` questions in the end."""

    k: int
    wanted: int
    points: tuple[Point, ...] = ()
    done: bool = False
    exact_ms: float | None = None


def sweep_of(column: VectorColumn, k: int, *, scans_on: bool) -> tuple[Settings, ...]:
    """The settings that are worth trying on the column's index, the cheapest first."""
    if column.index is None:
        return ((),)
    return sweep_of_index(column.index.method, column.index.options, k, scans_on=scans_on)


def sweep_of_index(method: str, options: Mapping[str, str], k: int, *, scans_on: bool) -> tuple[Settings, ...]:
    """The settings that are worth trying on such an index; the last ones go on scanning until k rows have passed."""
    if method == "hnsw":
        # A scan gives at most ef_search rows, the question's own among them: less than k + 1 can but be short.
        values = [value for value in _EF_SEARCH if value > k or value == _USUAL_EF_SEARCH]
        points: list[Settings] = [(("hnsw.ef_search", str(value)),) for value in values]
        usual = ("hnsw.ef_search", str(_USUAL_EF_SEARCH))
        on: list[Settings] = [
            (usual, ("hnsw.iterative_scan", "strict_order")),
            (usual, ("hnsw.iterative_scan", "relaxed_order")),
            (usual, ("hnsw.iterative_scan", "relaxed_order"), ("hnsw.max_scan_tuples", "2000")),
        ]
    else:
        lists = int(options.get("lists", "100"))
        root = max(1, round(math.sqrt(lists)))
        values = sorted({*(value for value in _PROBES if value < lists), root, lists})
        points = [(("ivfflat.probes", str(value)),) for value in values]
        scan = ("ivfflat.iterative_scan", "relaxed_order")
        on = [(("ivfflat.probes", probes), scan) for probes in dict.fromkeys(("1", str(root)))]
    return tuple(points + (on if scans_on else []))


def parse_sweep(text: str, method: str) -> tuple[Settings, ...]:
    """Settings to try as people type them: points parted by semicolons, `probes=1,4,16` for several; or ValueError."""
    points: list[Settings] = []
    for part in filter(str.strip, text.split(";")):
        several = [(word, word.partition("=")[2].split(",")) for word in part.split()]
        chosen = [
            " ".join(f"{word.partition('=')[0]}={value}" for (word, _), value in zip(several, values, strict=True))
            for values in product(*(values for _, values in several))
        ]
        points += [parse_settings(words, method) for words in chosen]
    if not 1 <= len(points) <= MOST_POINTS:
        raise ValueError(f"Between 1 and {MOST_POINTS} points, not {len(points)}.")
    return tuple(dict.fromkeys(points))


def rounds(questions: int) -> list[int]:
    """How many questions each round takes: few at first, so that the curve is there soon, and then more at a time."""
    sizes, size, left = [], FIRST_QUESTIONS, questions
    while left > 0:
        sizes.append(min(size, left))
        left -= sizes[-1]
        size *= 2
    return sizes


def best(points: Sequence[Point], k: int, target: float = GOOD_RECALL) -> Point | None:
    """The quickest point that finds enough of the truth and leaves no question short; None where none does."""
    good = [p for p in points if (p.figures.recall or 0.0) >= target and not p.figures.short]
    return min(good, key=lambda p: p.figures.p50_ms, default=None)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the curve says to do: a sentence, and the statement that does it."""

    sentence: str
    sql: str
    point: Point | None


def conclude(curve: Curve, column: VectorColumn, target: float = GOOD_RECALL) -> Conclusion:
    """The advice that these points allow."""
    if not curve.points:
        return Conclusion("Nothing was measured.", "", None)
    if all(point.figures.recall is None for point in curve.points):
        return Conclusion("No row with a vector can be seen here, so there is nothing to find.", "", None)
    found = best(curve.points, curve.k, target)
    worst = max(curve.points, key=lambda p: p.figures.short)
    short = worst.figures
    warning = (
        f" With {worst.name}, {short.short} of {short.questions} questions get fewer rows than there are."
        if short.short
        else ""
    )
    if column.index is None:
        exact = curve.points[0].figures
        return Conclusion(f"No index serves this search: exact, {exact.p50_ms:.1f} ms.{warning}", "", curve.points[0])
    if found is None:
        return Conclusion(
            f"No setting reaches recall {target:.2f} with all rows.{warning} "
            "An index on the filter's column, or an exact search within the tenant, does.",
            "",
            None,
        )
    if not found.node.approximate:
        name = found.node.words
        sentence = f"Exact is quickest here: {name}, {found.figures.p50_ms:.1f} ms.{warning}"
        return Conclusion(sentence, search_sql(column, curve.k, exact=True, labels=False) + ";", found)
    sql = "\n".join(f"set local {name} = {value};" for name, value in found.settings)
    share = found.figures.recall or 0.0
    return Conclusion(
        f"{found.name}: recall {share:.3f} ± {found.figures.standard_error:.3f} at {found.figures.p50_ms:.1f} ms "
        f"is the quickest point at or above {target:.2f}.{warning}",
        sql,
        found,
    )
