"""What the recall lab shows as rows: points, points beside those of a saved curve, and the worst questions."""

from itertools import pairwise

from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column, Row
from chatly_console.vectors.lab import Curve, Point
from chatly_console.vectors.saved import SavedCurve

_NUMBER = 701
_NONE = "–"


def _number(name: str) -> Column:
    return Column(name, _NUMBER, "double precision")


def share(value: float | None) -> str:
    """A recall as a figure; `–` where there is nothing to find."""
    return _NONE if value is None else f"{value:.3f}"


def _rows_of(point: Point) -> str:
    return f"{point.figures.rows:.1f}{' ✗' if point.figures.short else ''}"


def curve_rows(curve: Curve) -> ListedRows:
    """The points of a curve in the order of the sweep."""
    names = ("setting", f"rows of {curve.k}", "recall", "p50 ms", "served by", "p95", "worst", "half wrong", "short",
             "questions")  # fmt: skip
    columns = [_number(name) if name not in ("setting", "served by") else Column(name) for name in names]
    rows: list[Row] = []
    for point in curve.points:
        f = point.figures
        rows.append((
            point.name, _rows_of(point), share(f.recall), f"{f.p50_ms:.2f}", point.node.short, f"{f.p95_ms:.2f}",
            share(f.recall_min), str(f.below_half), str(f.short), str(f.questions),
        ))  # fmt: skip
    return ListedRows(columns, rows)


def compared_rows(curve: Curve, other: Curve) -> ListedRows:
    """The points of a curve, each beside the same setting of another."""
    before = {point.settings: point for point in other.points}
    names = ("setting", "recall", "was", "p50 ms", "was", f"rows of {curve.k}", "was", "served by", "was")
    columns = [
        Column(n) if n in ("setting", "served by") or place == 8 else _number(n) for place, n in enumerate(names)
    ]
    rows: list[Row] = []
    for point in curve.points:
        old = before.get(point.settings)
        f = point.figures
        rows.append((
            point.name, share(f.recall), _NONE if old is None else share(old.figures.recall),
            f"{f.p50_ms:.2f}", _NONE if old is None else f"{old.figures.p50_ms:.2f}",
            _rows_of(point), _NONE if old is None else _rows_of(old),
            point.node.short, _NONE if old is None else old.node.short,
        ))  # fmt: skip
    return ListedRows(columns, rows)


def comparison_words(curve: Curve, other: SavedCurve) -> str:
    """What two curves say together; two builds of one index differ by about 0.01 by chance."""
    before = {point.settings: point.figures for point in other.curve.points}
    pairs = [(p.figures, before[p.settings]) for p in curve.points if p.settings in before]
    told = [(new.recall - old.recall) for new, old in pairs if new.recall is not None and old.recall is not None]
    if not told:
        return "No setting was measured in both curves."
    change = sum(told) / len(told)
    note = " (builds differ by about 0.01 by chance)" if abs(change) < 0.02 else ""
    speed = sum(new.p50_ms for new, _ in pairs) / max(sum(old.p50_ms for _, old in pairs), 1e-9)
    return f"against {other.about.when}: recall {change:+.3f} on average{note}, time x{speed:.2f}"


def worst_rows(point: Point) -> ListedRows:
    """The questions that fare worst at one setting."""
    columns = [Column("question"), _number("recall"), _number("rows"), _number("of"), _number("ms")]
    rows: list[Row] = [
        (one.question, share(one.recall), str(one.rows), str(one.truth), f"{one.milliseconds:.2f}")
        for one in point.worst
    ]
    return ListedRows(columns, rows)


def distribution_words(point: Point) -> str:
    """How the questions of one setting are spread: the mean hides what the user meets."""
    f = point.figures
    shares = [one.recall for one in point.worst if one.recall is not None]
    steps = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    counts = [sum(low <= value < high for value in shares) for low, high in pairwise(steps)]
    full = f.questions - sum(counts)
    bars = "  ".join(f"{low:.1f}+ {count}" for low, count in zip(steps, counts, strict=False))
    return (
        f"mean {share(f.recall)} ± {f.standard_error:.3f} of {f.questions} questions · {f.zeros} found nothing right · "
        f"{f.below_half} less than half\nrecall {bars}  1.0 {full}"
    )
