"""How findings are ordered, counted and told, for the pane."""

from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from chatly_console.advisor.checks import Finding, Level
from chatly_console.advisor.fix import cost_words, is_sql, undo_of

MARKS = {Level.ERROR: "✗ error", Level.WARN: "▲ warn", Level.INFO: "· info"}


class Order(Enum):
    """What the findings are grouped by."""

    LEVEL = "level"
    OBJECT = "object"
    KIND = "kind"

    @property
    def next(self) -> "Order":
        """The one that follows."""
        orders = list(Order)
        return orders[(orders.index(self) + 1) % len(orders)]


_KEYS: dict[Order, Callable[[Finding], tuple[object, ...]]] = {
    Order.LEVEL: lambda f: (f.check.level, f.check.name, f.object, f.detail),
    Order.OBJECT: lambda f: (f.place, f.check.level, f.check.name, f.object),
    Order.KIND: lambda f: (f.check.name, f.object, f.detail),
}


def ordered(findings: Iterable[Finding], order: Order, schema: str = "", relation: str = "") -> list[Finding]:
    """The findings (of one relation, where it is named) in this order."""
    of_it = [f for f in findings if not relation or (f.schema, f.relation) == (schema, relation)]
    return sorted(of_it, key=_KEYS[order])


def columns(order: Order) -> tuple[str, str, str, str]:
    """The columns of the grid: what the findings are grouped by stands first."""
    return {
        Order.LEVEL: ("level", "object", "finding", "detail"),
        Order.OBJECT: ("object", "level", "finding", "detail"),
        Order.KIND: ("finding", "level", "object", "detail"),
    }[order]


def row(finding: Finding, order: Order = Order.LEVEL) -> tuple[str, ...]:
    """A finding as a row of the grid, in these columns."""
    cells = {
        "level": MARKS[finding.check.level],
        "object": finding.object,
        "finding": finding.check.name,
        "detail": finding.detail,
    }
    return tuple(cells[name] for name in columns(order))


def summary(findings: Sequence[Finding], silenced: int, skipped: int) -> str:
    """How many of each level, and what is not among them."""
    counts = {level: sum(finding.check.level is level for finding in findings) for level in Level}
    parts = [f"{MARKS[level]} {count}" for level, count in counts.items()]
    if silenced:
        parts.append(f"{silenced} silenced")
    if skipped:
        parts.append(f"{skipped} not looked at")
    return "   ".join(parts)


def told(finding: Finding) -> list[tuple[str, str]]:
    """All about one finding: what each line is, and its words."""
    lines = [("evidence", finding.detail), ("why", finding.check.why)]
    if not finding.fix:
        return lines
    lines.append(("fix" if is_sql(finding) else "advice", finding.fix))
    if is_sql(finding):
        lines.append(("costs", cost_words(finding)))
        undo = undo_of(finding)
        if undo:
            lines.append(("undo", undo))
    return lines
