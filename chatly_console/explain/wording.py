"""Numbers of a plan in few characters, for columns that stand below each other."""

from chatly_console.core.durations import duration_words


def milliseconds(value: float | None) -> str:
    """A time of a plan, which is given in milliseconds; empty where there is none."""
    return "" if value is None else duration_words(value / 1000)


def short(value: float) -> str:
    """A count at a glance: `1,204`, `18.5k`, `2.1M`, `7.4G`; a fraction below 10 keeps its decimals."""
    if value < 10 and value != int(value):
        return f"{value:.1f}"
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e4)):
        if value >= size:
            amount = value / (1e3 if unit == "k" else size)
            return f"{amount:.1f}{unit}" if amount < 99.95 else f"{amount:,.0f}{unit}"
    return f"{value:,.0f}"


def figure_words(name: str, value: float) -> str:
    """A figure that sums a plan up, by its name: a time in milliseconds where that ends in `ms`, else a count."""
    return milliseconds(value) if name.endswith(" ms") else f"{value:,.{2 if name == 'cost' else 0}f}"


def factor_words(factor: float) -> str:
    """How many times: `12x`, `8000x`, `90kx`, `1.2Mx`."""
    if factor < 10_000:
        return f"{factor:.0f}x"
    return f"{factor / 1000:.0f}kx" if factor < 999_500 else f"{short(factor)}x"


def percent(share: float) -> str:
    """A share as a whole number of percent; `<1 %` for what is there at all."""
    return f"{share * 100:.0f} %" if share >= 0.005 or share == 0 else "<1 %"


def times_words(before: float, after: float) -> str:
    """`16x less`, `1.4x more`, `same`."""
    low, high = sorted((before, after))
    if high == low or (low > 0 and high / low < 1.05):
        return "same"
    if low <= 0:
        return "none left" if after < before else "new"
    factor = high / low
    return f"{factor:,.{0 if factor >= 10 else 1}f}x {'less' if after < before else 'more'}"


_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(share: float, width: int) -> str:
    """A bar of `width` cells for a share from 0 to 1, to an eighth of a cell; what is there at all is seen."""
    eighths = min(round(share * width * 8), width * 8)
    if share > 0.001:
        eighths = max(eighths, 1)
    return ("█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")).ljust(width)
