"""Where an axis over time has its marks: at round moments of clock and calendar, and in the words that tell them apart.

Moments are seconds since 1970; the calendar is that of the values themselves, wherever their zone may be.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400
_EVEN = (
    0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 3 * 3600,
    6 * 3600, 12 * 3600, _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY,
)  # fmt: skip
"""Seconds between two marks that are always the same."""
_MONTHS = (1, 2, 3, 6, *(12 * years for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)))
"""Months between two marks."""

Tick = tuple[float, str]


def time_ticks(start: float, end: float, most: int) -> list[Tick]:
    """At most `most` (from 2 on) round moments from `start` to `end`, each with its words; none where none is in it.

    >>> [words for _, words in time_ticks(1_767_225_600, 1_767_312_000, 6)]
    ['01 Jan', '06:00', '12:00', '18:00', '02 Jan']
    """
    for step in _EVEN:
        if (end - start) / step < most:
            return [(at, _clock_words(at, step)) for at in _even(start, end, step)]
    months = next((m for m in _MONTHS if (end - start) / (m * 30.44 * _DAY) < most), _MONTHS[-1])
    return [(at, _month_words(at, months)) for at in _monthly(start, end, months)]


def _even(start: float, end: float, step: float) -> Iterator[float]:
    # 1970 began on a Thursday: weeks begin on Mondays
    shift = 4 * _DAY if step >= 7 * _DAY else 0
    number = -int(-(start - shift) // step)
    while number * step + shift <= end:
        yield float(number * step + shift)
        number += 1


def _monthly(start: float, end: float, months: int) -> Iterator[float]:
    first = _moment(start)
    number = (first.year * 12 + first.month - 1) // months * months
    while number // 12 <= datetime.max.year:
        at = (datetime(number // 12 or 1, number % 12 + 1, 1, tzinfo=UTC) - _EPOCH) / timedelta(seconds=1)
        if at > end:
            return
        if at >= start:
            yield at
        number += months


def _clock_words(at: float, step: float) -> str:
    when = _moment(at)
    if step >= _DAY or _is_midnight(when):
        return when.strftime("%d %b")
    if step < 1:
        return f"{when:%H:%M:%S}.{when.microsecond // 1000:03}"
    return when.strftime("%H:%M" if step >= 60 else "%H:%M:%S")


def _month_words(at: float, months: int) -> str:
    when = _moment(at)
    return str(when.year) if months >= 12 else when.strftime("%b") + (f" {when.year}" if when.month == 1 else "")


def span_words(start: float, end: float) -> str:
    """From when to when, no finer than it takes: `26 Nov 2025 to 26 Nov 2026`, `01 Jan 2026 08:00 to 09:30`."""
    one, other = _moment(start), _moment(end)
    if _is_midnight(one) and _is_midnight(other):
        return f"{_day(one)} to {_day(other)}"
    clock = "%H:%M" if end - start >= 600 else "%H:%M:%S"
    if (end - start) < 1:
        return f"{_day(one)} {one.strftime(clock)}"
    later = other.strftime(clock) if one.date() == other.date() else f"{_day(other)} {other.strftime(clock)}"
    return f"{_day(one)} {one.strftime(clock)} to {later}"


def _is_midnight(when: datetime) -> bool:
    return (when.hour, when.minute, when.second, when.microsecond) == (0, 0, 0, 0)


def _day(when: datetime) -> str:
    return f"{when:%d %b} {when.year:04}"


def _moment(at: float) -> datetime:
    return _EPOCH + timedelta(seconds=at)
