"""What the server's catalogue says of a table, or a function, that stands in a plan."""

from dataclasses import dataclass

STALE_SHARE = 0.1
"""The part of a table that may have changed since it was analysed before its estimates are not to be trusted."""
STALE_ROWS = 1000


@dataclass(frozen=True, slots=True)
class TableFacts:
    """Rows, and how many of them changed since the last ANALYZE. `analysed_days` is None where there was none."""

    rows: float
    changed: float
    analysed_days: float | None
    megabytes: float = 0.0

    @property
    def is_stale(self) -> bool:
        """Whether the planner's statistics may be of another time."""
        if self.rows < STALE_ROWS:
            return False
        return self.analysed_days is None or self.changed > self.rows * STALE_SHARE

    @property
    def words(self) -> str:
        """What there is to say of its statistics."""
        if self.analysed_days is None:
            return "it was never analysed"
        return f"{self.changed:,.0f} of {self.rows:,.0f} rows changed since it was analysed {_ago(self.analysed_days)}"


@dataclass(frozen=True, slots=True)
class UnsafeFunction:
    """A function that is marked PARALLEL UNSAFE, as CREATE FUNCTION does by default."""

    name: str
    """With its schema where it needs one, and its arguments: `app.score(integer)`."""
    is_builtin: bool = False


def _ago(days: float) -> str:
    if days < 1 / 24:
        return f"{days * 1440:.0f} minutes ago"
    return f"{days * 24:.0f} hours ago" if days < 2 else f"{days:.0f} days ago"
