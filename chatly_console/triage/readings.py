"""Numbers as a person on call reads them: ages, sizes, shares and sparklines of a fixed width."""

from collections.abc import Sequence

from chatly_console.core.durations import duration_words

_BARS = "▁▂▃▄▅▆▇█"
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def coarse_age_words(seconds: float | None) -> str:
    """An age that only says how long roughly: `<1m`, `12m`, `3h`, `4 d`; what idles need not tick on the screen."""
    if seconds is None:
        return ""
    if seconds < 60:
        return "<1m"
    if seconds < 3600:
        return f"{int(seconds // 60)}m"
    return f"{int(seconds // 3600)}h" if seconds < 86400 else f"{int(seconds // 86400)} d"


def size_words(size: float | None) -> str:
    """A number of bytes with its unit, in steps of 1024."""
    if size is None:
        return ""
    value, unit = float(size), 0
    while abs(value) >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 or value >= 100 else f"{value:.1f} {_UNITS[unit]}"


def count_words(count: float) -> str:
    """A count that stays short: `812`, `12.4 k`, `3.1 M`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(count) >= size:
            return f"{count / (1e3 if unit == 'k' else size):.1f} {unit}"
    return f"{count:,.0f}"


def milliseconds_words(milliseconds: float) -> str:
    """A duration that is given in milliseconds."""
    return duration_words(milliseconds / 1000)


def number_of(count: int, one: str, many: str = "") -> str:
    """A count with its noun: `1 session`, `3 sessions`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sparkline(values: Sequence[float], width: int = 8) -> str:
    """The last `width` values as bars from the lowest to the highest of them; what stays the same is a low line."""
    shown = values[-width:]
    lowest, highest = min(shown, default=0.0), max(shown, default=0.0)
    span = highest - lowest
    if span <= 0.02 * abs(highest):
        return _BARS[0 if highest <= 0 else 1] * len(shown)
    return "".join(_BARS[min(int((value - lowest) / span * len(_BARS)), len(_BARS) - 1)] for value in shown)
