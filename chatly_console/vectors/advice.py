"""What the trials of indexes say: the one to build, why, and the migration that builds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chatly_console.core.quote import quote_identifier
from chatly_console.vectors.candidates import Candidate, as_index, create_sql, proposed_name
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.lab import GOOD_RECALL, Point, best
from chatly_console.vectors.statements import search_sql

QUICK_MS = 5.0
"""An exact search that is as quick as this needs no index."""
_ABOUT = 1.25
"""Times within this factor are the same: then the smaller index is the better one."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One index, built and measured on the copy; `failure` says why it could not be."""

    candidate: Candidate
    build_seconds: float = 0.0
    size: int = 0
    points: tuple[Point, ...] = ()
    remark: str = ""
    failure: str = ""
    rows: int | None = None
    """Rows of the table itself, where it was built on that and not on the copy."""
    memory: str = ""

    def best(self, k: int, target: float = GOOD_RECALL) -> Point | None:
        """The quickest setting that finds enough through this index."""
        return best([point for point in self.points if point.node.approximate], k, target)

    def recall_within(self, milliseconds: float) -> float | None:
        """The most that it finds in a search of so many milliseconds; None where none of its settings is that quick."""
        quick = [p for p in self.points if p.node.approximate and p.figures.p50_ms <= milliseconds]
        return max((p.figures.recall for p in quick if p.figures.recall is not None), default=None)


@dataclass(frozen=True, slots=True)
class Advice:
    """The trials so far; `doing` says what is done just now, empty at the end."""

    rows: int
    whole: bool
    k: int
    memory: str
    exact_ms: float | None = None
    trials: tuple[Trial, ...] = ()
    doing: str = ""
    on_table: tuple[Trial, ...] = ()
    """Trials on the table itself: on other data than those on the copy, and so none of them wins over those."""
    within: float | None = None
    """Milliseconds that a search may take, where the user has said so."""

    @property
    def all_trials(self) -> tuple[Trial, ...]:
        """In the order in which they are listed."""
        return (*self.trials, *self.on_table)

    def winner(self, target: float = GOOD_RECALL) -> Trial | None:
        """Of those about as quick as the quickest that finds enough, the smallest."""
        good = [(trial, point) for trial in self.trials if (point := trial.best(self.k, target)) is not None]
        if not good:
            return None
        quickest = min(point.figures.p50_ms for _, point in good)
        near = [trial for trial, point in good if point.figures.p50_ms <= _ABOUT * quickest]
        return min(near, key=lambda trial: (trial.size, trial.build_seconds))

    def budget(self, target: float = GOOD_RECALL) -> float | None:
        """The time in which the indexes are compared: what the user allows, else what the best one takes."""
        found = self.winner(target) if self.within is None else None
        point = found.best(self.k, target) if found is not None else None
        return self.within if point is None else _ABOUT * point.figures.p50_ms

    def sentence(self, target: float = GOOD_RECALL) -> str:
        """What to do, and why."""
        on = f"{self.rows:,} rows" if self.whole else f"a sample of {self.rows:,} rows"
        found = self.winner(target)
        if found is None:
            return f"No index that was tried finds {target:.2f} of the true rows on {on}." if self.trials else ""
        point = found.best(self.k, target)
        assert point is not None
        exact = "" if self.exact_ms is None else f" (exact: {self.exact_ms:.1f} ms)"
        words = (
            f"{found.candidate.words} with {point.name}: recall {point.figures.recall:.3f} at "
            f"{point.figures.p50_ms:.2f} ms{exact}, {found.size / 1_048_576:.1f} MB, built in "
            f"{found.build_seconds:.1f} s on {on}."
        )
        if found.candidate.current:
            words = f"The table has the best one already: {words}"
        if self.exact_ms is not None and self.exact_ms <= QUICK_MS and self.whole:
            words += f" An exact search takes {self.exact_ms:.1f} ms here: no index is needed yet."
        return words


def migration(advice: Advice, trial: Trial, column: VectorColumn) -> tuple[str, str, str]:
    """Name, up and down of a migration that builds the index of a trial, and replaces those of the same metric."""
    name = proposed_name(column, trial.candidate, [index.name for index in column.indexes])
    point = trial.best(advice.k) or next(iter(trial.points), None)
    measured = ""
    if point is not None:
        settings = " ".join(f"set local {setting} = {value};" for setting, value in point.settings)
        measured = (
            f"-- Measured on {trial.rows or advice.rows:,} rows: recall@{advice.k} {point.figures.recall:.3f} at "
            f"{point.figures.p50_ms:.2f} ms.\n-- Searches say: {settings}\n"
        )
    if trial.candidate.form != "plain":
        asked = search_sql(as_index(column, trial.candidate, name), advice.k, labels=False)
        measured += "-- Only searches in this form use it:\n" + "".join(f"--   {line}\n" for line in asked.splitlines())
    up = f"{measured}{create_sql(column, trial.candidate, name, concurrently=True)};\n"
    down = f"drop index concurrently if exists {quote_identifier(column.schema)}.{quote_identifier(name)};\n"
    return f"{column.table} {column.name} {trial.candidate.method} index", up, down


def memory_remark(notices: Sequence[str], rows: int, memory: str) -> str:
    """What the server said of maintenance_work_mem: a graph that does not fit takes five times as long to build."""
    for notice in notices:
        words = notice.split()
        fitted = next((int(a) for a, b in pairwise(words) if a.isdigit() and b.startswith("tuples")), 0)
        if "no longer fits" in notice and fitted:
            return (
                f"▲ {fitted:,} of {rows:,} rows fitted into maintenance_work_mem ({memory}): "
                f"about {rows / fitted:.1f} times that is needed"
            )
        if "maintenance_work_mem" in notice:
            return f"▲ {notice}"
    return ""
