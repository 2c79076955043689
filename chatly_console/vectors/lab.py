"""The recall lab's plan: which settings are tried, in which rounds, and what is concluded from the points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.operators import settings_words
from chatly_console.vectors.plan import ServedBy
from chatly_console.vectors.recall import Distribution

Settings = tuple[tuple[str, str], ...]

FIRST_QUESTIONS = 5
_PROBES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_EF_SEARCH = (10, 20, 40, 80, 100, 200, 400)
GOOD_RECALL = 0.95


@dataclass(frozen=True, slots=True)
class Point:
    """One setting, measured: what it finds, how long it takes, and what served it."""

    settings: Settings
    figures: Distribution
    node: ServedBy

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


def sweep_of(column: VectorColumn, *, scans_on: bool) -> tuple[Settings, ...]:
    """The settings that are worth trying on the column's index, the cheapest first."""
    index = column.index
    if index is None:
        return ((),)
    if index.method == "hnsw":
        points: list[Settings] = [(("hnsw.ef_search", str(value)),) for value in _EF_SEARCH]
        middle = "40"
    else:
        lists = int(index.options.get("lists", "100"))
        root = max(1, round(math.sqrt(lists)))
        values = sorted({*(value for value in _PROBES if value < lists), root, lists})
        points = [(("ivfflat.probes", str(value)),) for value in values]
        middle = str(root)
    if scans_on:
        iterative = (f"{index.method}.iterative_scan", "relaxed_order")
        points.append(((column.setting or "", middle), iterative))
    return tuple(points)


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
        return Conclusion(sentence, column.search_sql(curve.k, exact=True, labels=False) + ";", found)
    sql = "\n".join(f"set local {name} = {value};" for name, value in found.settings)
    share = found.figures.recall or 0.0
    return Conclusion(
        f"{found.name}: recall {share:.3f} ± {found.figures.standard_error:.3f} at {found.figures.p50_ms:.1f} ms "
        f"is the quickest point at or above {target:.2f}.{warning}",
        sql,
        found,
    )
