"""What the pane shows: findings, indexes for statements, or the points of the review, each as rows with details."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chatly_console.advisor import listing
from chatly_console.advisor.checks import Finding
from chatly_console.advisor.indexes import report as index_report
from chatly_console.advisor.indexes.applied import Applied, State
from chatly_console.advisor.indexes.tried import IndexAdvice, Tried
from chatly_console.advisor.service import Skipped
from chatly_console.review.items import Reviewed, Standing

Lines = list[tuple[str, str]]


class View(Protocol):
    """One of them; made in a thread, since there may be thousands of rows."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the grid."""

    @property
    def rows(self) -> Sequence[tuple[str, ...]]:
        """Its rows."""

    @property
    def summary(self) -> str:
        """All of it in one line."""

    @property
    def empty(self) -> str:
        """What it means that there is no row."""

    @property
    def next_step(self) -> str:
        """The key that helps then."""

    def told(self, row: int) -> tuple[str, Lines]:
        """A title and all about one row; what there is to say where there is none."""


@dataclass(frozen=True, slots=True)
class FindingsView:
    """Findings in one order, perhaps of one relation alone."""

    findings: tuple[Finding, ...]
    relation: tuple[str, str]
    group: str
    """The name of the group that alone is shown; empty for all."""
    silenced: int
    skipped: tuple[Skipped, ...]
    who: str
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(
        cls,
        findings: Sequence[Finding],
        relation: tuple[str, str],
        group: str,
        silenced: int,
        skipped: tuple[Skipped, ...],
        who: str,
    ) -> "FindingsView":
        """Those that speak, ordered."""
        chosen = listing.ordered(findings, listing.Order.LEVEL, *relation)
        rows = tuple(listing.row(finding) for finding in chosen)
        return cls(tuple(chosen), relation, group, silenced, skipped, who, rows)

    columns = listing.COLUMNS

    @property
    def summary(self) -> str:
        """How many of each level, and what is not among them."""
        words = listing.summary(self.findings, self.silenced, len(self.skipped))
        alone = ".".join(self.relation) if self.relation[1] else self.group
        about = f"of {alone} alone, a shows all" if alone else "by level"
        return "   ".join(filter(None, (words, about, self.who)))

    @property
    def empty(self) -> str:
        """Nothing found is good news, if everything was looked at."""
        if self.relation[1]:
            return f"No check found anything on {'.'.join(self.relation)}."
        return "Nothing to mend: no check found anything."

    @property
    def next_step(self) -> str:
        """More to look at."""
        return "a  all findings" if self.relation[1] else "i  indexes for statements   p  the points of the review"

    def told(self, row: int) -> tuple[str, Lines]:
        """Everything about a finding; what was not looked at where there is none."""
        if row >= len(self.findings):
            return "", [("not seen", f"{one.check.name}: {one.reason}") for one in self.skipped]
        finding = self.findings[row]
        return f"{finding.check.name} on {finding.object}", listing.told(finding)


@dataclass(frozen=True, slots=True)
class GroupsView:
    """Findings by object or by kind: a row for each group."""

    groups: tuple[listing.Group, ...]
    order: listing.Order
    silenced: int
    skipped: tuple[Skipped, ...]
    who: str
    rows: tuple[tuple[str, ...], ...]

    columns = ("level", "group", "findings", "among them")
    empty = "Nothing to mend: no check found anything."
    next_step = "i  indexes for statements   p  the points of the review"

    @classmethod
    def of(
        cls, findings: Sequence[Finding], order: listing.Order, silenced: int, skipped: tuple[Skipped, ...], who: str
    ) -> "GroupsView":
        """Those that speak, grouped."""
        made = listing.groups(findings, order)
        return cls(tuple(made), order, silenced, skipped, who, tuple(group.row for group in made))

    @property
    def summary(self) -> str:
        """How many of each level, in how many groups."""
        every = [finding for group in self.groups for finding in group.findings]
        words = listing.summary(every, self.silenced, len(self.skipped))
        count = f"{len(self.groups)} {'objects' if self.order is listing.Order.OBJECT else 'kinds'}"
        return "   ".join((words, count, f"by {self.order.value}", self.who))

    def told(self, row: int) -> tuple[str, Lines]:
        """What is in a group."""
        if row >= len(self.groups):
            return "", []
        return self.groups[row].name, listing.told_of_group(self.groups[row])


@dataclass(frozen=True, slots=True)
class IndexView:
    """Candidates for a statement, or for many."""

    advice: IndexAdvice
    who: str
    built: str = ""
    """What came of building one, in words."""

    columns = index_report.COLUMNS

    @property
    def empty(self) -> str:
        """Why there is no candidate."""
        if self.advice.waits_for_statistics:
            return f"Statistics come first: {self.advice.first[0].evidence}"
        if not self.advice.looked:
            return f"Nothing to look at: {self.advice.about}."
        return "No index is worth trying: no plan asks for one."

    @property
    def next_step(self) -> str:
        """What to do about it."""
        if self.advice.waits_for_statistics:
            return "o  ANALYZE in the Query pane   t  try indexes all the same"
        return "a  the findings   i  another statement"

    @property
    def rows(self) -> Sequence[tuple[str, ...]]:
        """The candidates, the best first."""
        return [index_report.row(one) for one in self.advice.tried]

    @property
    def summary(self) -> str:
        """How it is now, and how many would pay."""
        return "   ".join(filter(None, (self.built, index_report.summary(self.advice), self.who)))

    @property
    def tried(self) -> tuple[Tried, ...]:
        """The candidates."""
        return self.advice.tried

    def told(self, row: int) -> tuple[str, Lines]:
        """What comes first, everything about a candidate, and the notes."""
        sql = self.advice.about if self.advice.is_of_many else " ".join(self.advice.looked[0].run.sql.split())
        first = [] if self.advice.is_of_many else [("▲ first", f.fix) for f in self.advice.first]
        lines = index_report.details(self.tried[row]) if row < len(self.tried) else []
        return sql, [*first, *lines, *(("note", words) for words in index_report.notes(self.advice))]


_STATES = {
    State.USED: "✓ used", State.NEW: "· not yet", State.UNUSED: "▲ not used", State.CUT_OFF: "✗ cut off",
    State.BUILDING: "… building",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AppliedView:
    """What came of the indexes that were built here, the latest first."""

    applied: tuple[Applied, ...]

    columns = ("stands", "index", "what came of it", "effect when it was built")
    empty = "No index was built here yet, as far as this machine has noted."
    next_step = "i  indexes for statements   a  the findings"

    @property
    def rows(self) -> Sequence[tuple[str, ...]]:
        """An index each."""
        return [(_STATES[one.state], one.note.on, one.words, one.effect or "–") for one in self.applied]

    @property
    def summary(self) -> str:
        """How many are used."""
        used = sum(one.state is State.USED for one in self.applied)
        count = len(self.applied)
        return f"{count} {'index' if count == 1 else 'indexes'} built here   {used} used since   a shows the findings"

    def told(self, row: int) -> tuple[str, Lines]:
        """What it was built for, what it did then, and what takes it back."""
        if row >= len(self.applied):
            return "", []
        one = self.applied[row]
        note, lines = one.note, [(one.state.value, one.words)]
        if note.before is not None and note.after is not None:
            lines += index_report.side_by_side(note.before, note.after)
        undo = [f"{note.undo};"] if one.state is not State.CUT_OFF else [f"drop index {name};" for name in one.left]
        lines += [
            ("for", " ".join(note.statement.split())),
            *(("" if number else "index", words) for number, words in enumerate(note.script.splitlines())),
            ("size", f"{one.megabytes:,.1f} MB"),
        ]
        return note.index, [*lines, *(("undo", words) for words in undo)]


_MARKS = {Standing.OK: "✓ ok", Standing.FAIL: "✗ fail", Standing.UNKNOWN: "? unknown"}


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The ten points of the review, as far as they are known."""

    points: tuple[Reviewed, ...]
    count: int

    columns = ("stands", "no", "point", "evidence")
    empty = "The review has not found anything to look at."
    next_step = "a  the findings"

    @property
    def rows(self) -> Sequence[tuple[str, ...]]:
        """A point each."""
        return [(_MARKS[p.standing], str(p.item.number), p.item.question, p.words or "–") for p in self.points]

    @property
    def summary(self) -> str:
        """How they stand, and whether more are to come."""
        counts = {standing: sum(p.standing is standing for p in self.points) for standing in Standing}
        words = "   ".join(f"{_MARKS[standing]} {count}" for standing, count in counts.items())
        rest = f"   looking at point {len(self.points) + 1} of {self.count}…" if len(self.points) < self.count else ""
        return f"review   {words}{rest}   a shows the findings"

    def told(self, row: int) -> tuple[str, Lines]:
        """The evidence in full, what is wrong, and what mends it."""
        if row >= len(self.points):
            return "", []
        point = self.points[row]
        wrong = [("✗", words) for words in point.findings]
        mend = [("mend", point.mend)] if point.mend else []
        return point.item.question, [("evidence", point.words), *mend, *wrong]
