"""How findings are ordered, counted and told, for the pane."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from chatly_console.advisor.checks import Finding, Level
from chatly_console.advisor.fix import cost_words, is_sql, is_upkeep, undo_of

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


_SHOWN = 6
_TOLD = 20
_KEYS: dict[Order, Callable[[Finding], tuple[object, ...]]] = {
    Order.LEVEL: lambda f: (f.check.level, f.check.name, f.object, f.detail),
    Order.OBJECT: lambda f: (f.place, f.check.level, f.check.name, f.object),
    Order.KIND: lambda f: (f.check.name, f.object, f.detail),
}


def ordered(findings: Iterable[Finding], order: Order, schema: str = "", relation: str = "") -> list[Finding]:
    """The findings (of one relation, where it is named) in this order."""
    of_it = [f for f in findings if not relation or (f.schema, f.relation) == (schema, relation)]
    return sorted(of_it, key=_KEYS[order])


COLUMNS = ("level", "object", "finding", "detail")


def row(finding: Finding) -> tuple[str, ...]:
    """A finding as a row of the grid."""
    return MARKS[finding.check.level], finding.object, finding.check.name, finding.detail


@dataclass(frozen=True, slots=True)
class Group:
    """The findings on one object, or of one kind, the most serious first."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Level:
        """The level of the most serious one."""
        return min(finding.check.level for finding in self.findings)

    @property
    def row(self) -> tuple[str, ...]:
        """The group as a row: the worst level, its name, how many of each level, and what is in it."""
        counts = {level: sum(f.check.level is level for f in self.findings) for level in Level}
        words = " ".join(f"{MARKS[level][0]} {count}" for level, count in counts.items() if count)
        inside = dict.fromkeys(f.object if self.is_kind else f.check.name for f in self.findings)
        return MARKS[self.worst], self.name, words, ", ".join(list(inside)[:_SHOWN])

    @property
    def is_kind(self) -> bool:
        """Whether its findings are of one kind, on many objects."""
        return all(finding.check.name == self.name for finding in self.findings)

    @property
    def fixes(self) -> list[Finding]:
        """Those whose fix is a change of the schema, each fix once."""
        changes = {f.fix: f for f in self.findings if is_sql(f) and not is_upkeep(f)}
        return list(changes.values())


def groups(findings: Iterable[Finding], order: Order) -> list[Group]:
    """The findings by object or by kind; groups with the most serious findings first, then the largest."""
    found: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=_KEYS[Order.LEVEL]):
        found.setdefault(finding.check.name if order is Order.KIND else finding.place, []).append(finding)
    made = [Group(name, tuple(members)) for name, members in found.items()]
    return sorted(made, key=lambda group: (group.worst, -len(group.findings), group.name))


def summary(findings: Sequence[Finding], silenced: int, skipped: int) -> str:
    """How many of each level, and what is not among them."""
    counts = {level: sum(finding.check.level is level for finding in findings) for level in Level}
    parts = [f"{MARKS[level]} {count}" for level, count in counts.items()]
    if silenced:
        parts.append(f"{silenced} silenced")
    if skipped:
        parts.append(f"{skipped} not looked at")
    return "   ".join(parts)


def told_of_group(group: Group) -> list[tuple[str, str]]:
    """What a group has in common, and each of its findings in a line."""
    lines = [("why", group.findings[0].check.why)] if group.is_kind else []
    for finding in group.findings[:_TOLD]:
        words = finding.object if group.is_kind else finding.check.name
        lines.append((MARKS[finding.check.level], f"{words}: {finding.detail}"))
    more = len(group.findings) - _TOLD
    return [*lines, ("", f"and {more:,} more: enter lists them all")] if more > 0 else lines


def told(finding: Finding) -> list[tuple[str, str]]:
    """All about one finding: what each line is, and its words."""
    lines = [("evidence", finding.detail), ("why", finding.check.why)]
    if finding.size:
        lines.insert(1, ("size", f"{finding.place}: {finding.size}"))
    if not finding.fix:
        return lines
    lines.append(("fix" if is_sql(finding) else "advice", finding.fix))
    if is_sql(finding):
        lines.append(("costs", cost_words(finding)))
        undo = undo_of(finding)
        if undo:
            lines.append(("undo", undo))
    return lines
