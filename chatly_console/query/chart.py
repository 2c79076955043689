"""A result as a chart: which column is the label, which are drawn, and the numbers themselves. Pure.

One label (a time where there is one, else the first text) and up to four columns of numbers make a chart.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.values import Column, Row

SERIES = 4
"""Columns that are drawn at most: as many as can be told apart."""
DRAWN = 20_000
"""Rows that are drawn at most."""
_TIMES = frozenset({1082, 1114, 1184})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MIDNIGHT = re.compile(r"\d{4}-\d\d-\d\d 00:00:00([+-][\d:]+)?")


@dataclass(frozen=True, slots=True)
class Chart:
    """The data of a chart. `times` are seconds since 1970 where the label is a time, on the clock of its own zone;
    `left_out` rows had no place."""

    label: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    """One tuple of numbers a series."""
    times: tuple[float, ...] = ()
    left_out: int = 0
    not_drawn: int = 0
    """Columns of numbers beyond those that are drawn."""

    @property
    def is_over_time(self) -> bool:
        """Whether it is drawn as lines over time."""
        return len(set(self.times)) > 1


def chart_of(columns: Sequence[Column], rows: Sequence[Row]) -> Chart:
    """The chart of these rows; raises Failure (USAGE) where there is nothing to draw."""
    label = _label(columns, rows)
    numbers = [i for i, column in enumerate(columns) if column.is_numeric and i != label]
    if not numbers or not rows:
        raise Failure(
            "There is nothing to draw: a chart needs a column of numbers" + (" and rows." if not rows else "."),
            FailureKind.USAGE,
            hint="Select a time or a name, and one to four numbers: select day, count(*) from … group by day.",
        )
    drawn = numbers[:SERIES]
    time = label is not None and columns[label].type_oid in _TIMES
    points = [(row, _moment(row[label]) if time and label is not None else None) for row in rows[:DRAWN]]
    kept = [(row, at) for row, at in points if not time or at is not None]
    if time:
        kept.sort(key=lambda point: point[1] or _EPOCH)
    zone = next((at.tzinfo for _, at in kept if at is not None), UTC)
    return Chart(
        columns[label].name if label is not None else "row",
        tuple(columns[i].name for i in drawn),
        _labels([(row[label] or "") if label is not None else str(n) for n, (row, _) in enumerate(kept, 1)], time),
        tuple(tuple(_number(row[i]) for row, _ in kept) for i in drawn),
        tuple(_on_the_clock(at, zone) for _, at in kept if at is not None) if time else (),
        len(rows) - len(kept),
        len(numbers) - len(drawn),
    )


def _label(columns: Sequence[Column], rows: Sequence[Row]) -> int | None:
    """The column that the rows are drawn by: a name that stands first and is another in each row, else a time."""
    times = [i for i, column in enumerate(columns) if column.type_oid in _TIMES]
    texts = [i for i, column in enumerate(columns) if not column.is_numeric]
    numbers = [i for i, column in enumerate(columns) if column.is_numeric]
    if times and texts[0] not in times and len({row[texts[0]] for row in rows}) == len(rows) > 1:
        return texts[0]
    return next(iter([*times, *texts, *(numbers[:1] if len(numbers) > 1 else [])]), None)


def _moment(value: str | None) -> datetime | None:
    """A date or timestamp as PostgreSQL writes it; None for NULL, infinity, dates BC and after 9999."""
    if value is None:
        return None
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def _on_the_clock(when: datetime, zone: tzinfo | None) -> float:
    """Seconds since 1970 on a clock of this zone, so that the axis says what the rows say."""
    offset = when.astimezone(zone).utcoffset() or timedelta()
    return (when - _EPOCH + offset) / timedelta(seconds=1)


def _labels(values: list[str], time: bool) -> tuple[str, ...]:
    """Times that are all midnights as the days that they stand for."""
    if time and all(_MIDNIGHT.fullmatch(value) for value in values):
        return tuple([value[:10] for value in values])
    return tuple(values)


def _number(value: str | None) -> float | None:
    try:
        number = math.nan if value is None else float(value.replace("$", "").replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def scale(values: Sequence[float]) -> tuple[float, float, float]:
    """Bottom, top and step of an axis in round numbers; zero is on it unless all values are far from it.

    >>> scale([3, 97]), scale([1000, 1010])
    ((0, 100, 20), (1000, 1010, 2))
    """
    low, high = min(values), max(values)
    if low > 0 and (high - low) > 0.2 * high:
        low = 0
    if high < 0 and (high - low) > 0.2 * -low:
        high = 0
    if low == high:
        low, high = min(low, 0), max(high, 0)
        high += low == high
    step = _round_step((high - low) / 5)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough * 0.999)
    return int(step) if step >= 1 else step


def short_number(value: float) -> str:
    """A number in few characters: `1,204`, `3.5M`, `0.04`."""
    size = abs(value)
    for limit, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size >= limit:
            return f"{value / {'T': 1e12, 'G': 1e9, 'M': 1e6, 'k': 1e3}[letter]:.4g}{letter}"
    return f"{value:,.0f}" if value == int(value) else f"{value:.4g}"
