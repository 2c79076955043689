"""The life of one run of a statement, and the words for it on screen: pure, so that every turn can be tested."""

from dataclasses import dataclass, replace
from enum import Enum

from chatly_console.core.durations import duration_words
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.core.request import Mode
from chatly_console.core.text import cell_width, cut, safe_text

_SHORTEST_NAME = 12
"""Cells of a user's name that stay in the shortest line."""


class Phase(Enum):
    """How far a run has come."""

    RUNNING = "running"
    """Sent; nothing has come back."""
    OPEN = "open"
    """Rows are on show, and a cursor holds the rest."""
    FETCHING = "fetching"
    """More rows are on their way."""
    CANCELLING = "cancelling"
    """The user has cancelled, and the server has not stopped yet."""
    CANCELLED = "cancelled"
    DONE = "done"
    """It ended; all its rows are loaded."""
    CLOSED = "cursor closed"
    """It ended before all its rows were loaded."""
    FAILED = "failed"


_AT_WORK = frozenset({Phase.RUNNING, Phase.FETCHING, Phase.CANCELLING})
_HELD = _AT_WORK | {Phase.OPEN}


@dataclass(frozen=True, slots=True)
class RunState:
    """What is known of a run. `as_whom` are the words for who it runs as."""

    mode: Mode
    as_whom: str
    phase: Phase = Phase.RUNNING
    rows: int = 0
    has_columns: bool = False
    seconds: float = 0.0
    """Until it ended, or until its first rows were here."""
    first_rows: int = 0
    """How many these were; 0 where all came at once."""
    tag: str = ""
    changed: int = 0
    """Rows that several statements changed, where it is a run of many; that of one has them in its tag."""
    notices: int = 0
    failure: Failure | None = None
    joined: bool = False
    """Whether it ran in a transaction that went on after it."""
    fate: str = ""
    """What became of that transaction; empty while it is open."""
    too_late: bool = False
    """Whether it was cancelled when the server had committed it already."""
    strength: str = ""
    """How firmly another user's identity held, as the server confirmed it: boundary or advisory."""

    @property
    def whom(self) -> str:
        """Who it ran as, and how firmly: `postgres`, `authenticated ada@nordlicht.example (boundary)`."""
        return f"{self.as_whom} ({self.strength})" if self.strength else self.as_whom

    @property
    def sqlstate(self) -> str:
        """The server's word for its failure; empty without one."""
        return self.failure.sqlstate if self.failure is not None else ""

    @property
    def is_working(self) -> bool:
        """Whether something is under way that can be cancelled."""
        return self.phase in _AT_WORK

    @property
    def holds_connection(self) -> bool:
        """Whether a transaction is open for it."""
        return self.phase in _HELD

    @property
    def has_more(self) -> bool:
        """Whether the server has, or had, more rows than are loaded."""
        return self.phase in _HELD or self.phase is Phase.CLOSED or self._stopped_short

    @property
    def _stopped_short(self) -> bool:
        return self.phase in (Phase.CANCELLED, Phase.FAILED) and self.rows > 0

    def answered(self, rows: int, *, has_columns: bool, exhausted: bool, seconds: float) -> "RunState":
        """The first rows are here (or there are none)."""
        phase = Phase.DONE if exhausted else Phase.OPEN
        first = 0 if exhausted else rows
        return replace(self, phase=phase, rows=rows, first_rows=first, has_columns=has_columns, seconds=seconds)

    def fetching(self) -> "RunState":
        """More rows were asked for."""
        return replace(self, phase=Phase.FETCHING)

    def loaded(self, rows: int, *, exhausted: bool) -> "RunState":
        """More rows have come; `rows` is how many there are now."""
        phase = self.phase if self.phase is Phase.CANCELLING else Phase.DONE if exhausted else Phase.OPEN
        return replace(self, phase=phase, rows=rows)

    def ended(self, tag: str) -> "RunState":
        """The transaction has ended as its mode says."""
        return replace(self, phase=Phase.DONE, tag=tag)

    def cancelling(self) -> "RunState":
        """The user cancelled; the server has been asked to stop."""
        return replace(self, phase=Phase.CANCELLING) if self.is_working else self

    def cancelled(self) -> "RunState":
        """The server has stopped."""
        return replace(self, phase=Phase.CANCELLED)

    def cursor_closed(self) -> "RunState":
        """The cursor was given up with rows left."""
        return replace(self, phase=Phase.CLOSED) if self.phase is Phase.OPEN else self

    def failed(self, failure: Failure, *, undone: bool = False) -> "RunState":
        """It did not happen, or broke off; rows that are loaded stay. `undone`: its commit had not been sent."""
        if failure.kind is FailureKind.CANCELLED:
            return self.cancelled()
        return replace(self, phase=Phase.FAILED, failure=failure, fate="rolled back" if undone else self.fate)


def as_whom(identity: Identity, login: str) -> str:
    """The words for who a statement runs as: `postgres`, `authenticated ada@nordlicht.example`."""
    return identity.describe() or login


def header(state: RunState, *, shown: int | None = None, width: int | None = None) -> str:
    """The line above a result: `500 of 3,214+ rows · 41 ms · as postgres · read-only`.

    `shown` is how many rows a filter lets through, `width` the cells that there are: in a short line the name of the
    user is cut, never how firmly it held or what became of the changes.
    """
    words = _header(state, shown)
    excess = 0 if width is None else cell_width(words) - width
    if excess <= 0:
        return words
    name = safe_text(state.as_whom)
    return _header(replace(state, as_whom=cut(name, max(cell_width(name) - excess, _SHORTEST_NAME))), shown)


def _header(state: RunState, shown: int | None) -> str:
    parts = [_rows(state, shown), _time(state) if state.phase is not Phase.RUNNING else ""]
    parts += [f"as {state.whom}", _fate(state)]
    if state.phase is Phase.CLOSED:
        parts.append("cursor closed")
    return safe_text(" · ".join(part for part in parts if part))


def _time(state: RunState) -> str:
    """How long it took; behind rows that were fetched later, how long the first ones did."""
    time = duration_words(state.seconds)
    return f"first {state.first_rows:,} in {time}" if state.rows > state.first_rows > 0 else time


def _rows(state: RunState, shown: int | None) -> str:
    if state.phase is Phase.RUNNING or (state.phase in (Phase.FAILED, Phase.CANCELLING) and not state.rows):
        return {Phase.FAILED: "failed", Phase.CANCELLING: "cancelling…"}.get(state.phase, "running")
    if state.phase is Phase.CANCELLED and not state.rows:
        return "cancelled"
    if not state.has_columns:
        return state.tag or "done"
    more = "+" if state.has_more else ""
    count = f"{state.rows:,}{more} {'row' if state.rows == 1 and not more else 'rows'}"
    if shown is not None and shown != state.rows:
        count = f"{shown:,} of {count}"
    if state.phase is Phase.CLOSED:
        return count.removesuffix(" rows") + " rows loaded"
    return count


def _fate(state: RunState) -> str:
    """What became of changes: never `committed` before the server has said so."""
    mode: str = state.mode.value
    if state.mode in (Mode.READ_ONLY, Mode.OUTSIDE):
        return mode
    if state.joined and (state.fate or state.phase not in (Phase.FAILED, Phase.CANCELLED)):
        return state.fate or "in transaction, not committed"
    if state.phase is Phase.DONE:
        return mode
    if state.mode is Mode.COMMITTED and state.failure is not None and state.failure.kind is FailureKind.LINK:
        return state.fate or "whether it was kept is not known"
    if state.phase in (Phase.FAILED, Phase.CANCELLED, Phase.CLOSED):
        return "rolled back"
    return "not committed yet" if state.mode is Mode.COMMITTED else "to be rolled back"


def status(state: RunState) -> str:
    """One sentence for the message line, once something has come of the run."""
    time = duration_words(state.seconds)
    match state.phase:
        case Phase.CANCELLING:
            return "Cancelling…"
        case Phase.CANCELLED:
            return f"Cancelled after {time}." + (f" {state.rows:,} rows stay." if state.rows else "")
        case Phase.FAILED if state.failure is not None:
            return state.failure.sentence
        case Phase.CLOSED:
            return f"Cursor closed, {state.rows:,} rows loaded. Run the statement again for more."
        case Phase.RUNNING:
            return "Running…"
    if state.too_late:
        return f"The cancel came too late: {state.tag or 'it'} in {time}, {_fate(state)}."
    if not state.has_columns:
        return f"{state.tag or 'Done'} in {time}, {_fate(state)}."
    more = "+" if state.has_more else ""
    count = f"{state.rows:,}{more} {'row' if state.rows == 1 and not more else 'rows'}"
    return f"{count}, the {_time(state)}." if state.rows > state.first_rows > 0 else f"{count} in {time}."


def export_words(state: RunState) -> str:
    """What an export of this run will write, as the question says it."""
    if state.phase is Phase.OPEN:
        return f"All rows: the {state.rows:,} that are loaded, and the rest from the open cursor, as {state.whom}."
    return f"{state.rows:,} {'row' if state.rows == 1 else 'rows'}, {export_source(state)}."


def export_source(state: RunState) -> str:
    """Where exported rows came from: always this one run, never a second one that might see something else."""
    missing = ", as far as they were loaded" if state.has_more and state.phase is not Phase.OPEN else ""
    return f"read once as {state.whom}{missing}"
