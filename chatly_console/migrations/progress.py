"""A run as lines: made from its events, drawn again and again while it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

from chatly_console.core.durations import age_words, duration_words
from chatly_console.migrations import events
from chatly_console.migrations.events import Event, Sight, TakenLock, Task
from chatly_console.migrations.rows import Row, Tone

MOST_NOTICES = 6
_BAR = 24
Mark = Literal["○", "◌", "✓", "✗", "■"]
_TONES: dict[Mark, Tone] = {"○": "muted", "◌": "accent", "✓": "good", "✗": "bad", "■": "warn"}


@dataclass
class FileProgress:
    """How far one file is."""

    task: Task
    mark: Mark = "○"
    statement: int = 0
    done: int = 0
    began: float = 0.0
    seconds: float | None = None
    words: str = ""
    locks: tuple[TakenLock, ...] = ()
    sight: Sight = field(default_factory=Sight)
    remarks: list[tuple[str, Tone]] = field(default_factory=list)
    kept: int = 0
    """Remarks that stay when the attempt is followed by another."""
    notices: list[str] = field(default_factory=list)


class Progress:
    """Everything that is known of a run; `lines` are to be drawn."""

    def __init__(self, tasks: Sequence[Task], where: str) -> None:
        self.files = [FileProgress(task) for task in tasks]
        self.where = where
        self.began = monotonic()
        self.ended: float | None = None
        self.queue = ""
        self.verdict: tuple[str, Tone] = ("", "plain")
        self._now: FileProgress | None = None

    @property
    def going_on(self) -> bool:
        """Whether the run has not ended yet."""
        return self.ended is None

    @property
    def busy(self) -> str:
        """What runs, in a few words."""
        if self._now is None or not self.going_on:
            return "migrations" if self.going_on else ""
        return f"migration {self._now.task.file.name}, {age_words(monotonic() - self._now.began)}"

    def end(self, words: str, tone: Tone) -> None:
        """The run is over, and this is what came of it."""
        self.ended = monotonic()
        self.verdict = (words, tone)
        for file in self.files:
            if file.mark == "◌":
                file.mark = "■"

    def take(self, event: Event) -> None:
        """Take in an event."""
        if isinstance(event, events.QueueWaits):
            self.queue = event.holder
            return
        self.queue = ""
        if isinstance(event, events.Heard):
            if self._now is not None:
                self._now.notices.append(f"{event.notice.severity}: {event.notice.message}")
            return
        file = next(file for file in self.files if file.task is event.task)
        self._now = file
        _take(file, event)

    def lines(self) -> list[Row]:
        """The run as it stands."""
        seconds = (self.ended or monotonic()) - self.began
        verb = "Rolling back" if self.files and self.files[0].task.way == "down" else "Applying"
        count = f"{len(self.files)} file" + ("" if len(self.files) == 1 else "s")
        rows = [
            _row((f" {verb} {count} ", "strong"), (f"on {self.where}   {age_words(seconds)}", "muted")),
            _row(),
        ]
        if self.queue:
            rows += [_row(("   ▲ another console is migrating this database: ", "warn"), (self.queue, "plain")), _row()]
        for file in self.files:
            rows += _file_rows(file)
        if self.verdict[0]:
            rows += [_row(), _row((f" {self.verdict[0]}", self.verdict[1]))]
        return rows


def _take(file: FileProgress, event: Event) -> None:
    match event:
        case events.FileBegan():
            file.mark, file.began, file.statement, file.done = "◌", monotonic(), 0, event.done
            if event.done:
                file.remarks.append((f"goes on behind statement {event.done}", "plain"))
        case events.FileSkipped():
            file.mark, file.words = "✓", event.words
        case events.StatementBegan():
            file.statement, file.sight = event.number, Sight()
        case events.StatementEnded():
            file.done, file.sight = event.number, Sight()
            file.locks = (*file.locks, *event.locks)
        case events.Watched():
            file.sight = event.sight
        case events.Retrying():
            file.mark, file.words, file.locks = "◌", "", ()
            del file.remarks[file.kept :]
            words = f"attempt {event.attempt} of {event.attempts}: {event.failure.sentence}"
            file.remarks.append((f"{words}; again in {event.seconds:.1f} s", "warn"))
            file.remarks += [(f"  held by {blocker}", "plain") for blocker in event.blockers]
            file.kept = len(file.remarks)
        case events.CleanedUp():
            file.remarks.append((event.words, "plain"))
        case events.FileEnded():
            file.mark, file.seconds, file.locks, file.sight = "✓", event.seconds, event.locks, Sight()
            file.words = ""
        case events.FileFailed():
            file.mark, file.sight, file.words = "✗", Sight(), event.kept
            file.remarks += _failure(event)


def _failure(event: events.FileFailed) -> list[tuple[str, Tone]]:
    failure, place = event.failure, event.place
    where = f"{place}  " if place is not None else ""
    code = f"  SQLSTATE {failure.sqlstate}" if failure.sqlstate else ""
    found: list[tuple[str, Tone]] = [(f"{where}{failure.sentence}{code}", "bad")]
    if place is not None:
        found += [(f"    {line}", "plain") for line in place.excerpt]
    found += [(f"{label}: {words}", "muted") for label, words in
              (("detail", failure.detail), ("hint", failure.hint), ("context", failure.context)) if words]  # fmt: skip
    return found


def _file_rows(file: FileProgress) -> list[Row]:
    count = len(file.task.script.statements)
    took = f"  {duration_words(file.seconds)}" if file.seconds is not None else ""
    rows = [
        _row(
            (f" {file.mark} ", _TONES[file.mark]),
            (f"{file.task.file.version} ", "muted"),
            (file.task.file.name, "strong" if file.mark != "○" else "muted"),
            (f"  {_where(file, count)}{took}", "muted"),
            (f"  {file.words}" if file.words else "", "warn" if file.mark == "✗" else "muted"),
        )
    ]
    if file.mark == "◌":
        rows += _statement_rows(file)
    rows += [_row((f"     {words}", tone)) for words, tone in file.remarks[-12:]]
    hidden = len(file.notices) - MOST_NOTICES
    rows += [_row((f"     … {hidden} earlier notices", "muted"))] if hidden > 0 else []
    rows += [_row((f"     {words}", "muted")) for words in file.notices[-MOST_NOTICES:]]
    rows += _lock_rows(file)
    return rows


def _where(file: FileProgress, count: int) -> str:
    if file.mark == "◌" and file.statement > count:
        return "writing it into the history"
    if file.mark == "◌" and file.statement:
        return f"statement {file.statement} of {count}  {age_words(monotonic() - file.began)}"
    return f"{count} statement" + ("" if count == 1 else "s")


def _statement_rows(file: FileProgress) -> list[Row]:
    if not 0 < file.statement <= len(file.task.script.statements):
        return []
    statement = file.task.script.statements[file.statement - 1]
    sight = file.sight
    rows = [_row((f"     line {statement.line}  ", "muted"), (" ".join(statement.sql.split())[:300], "plain"))]
    if sight.phase:
        done = round((sight.share or 0) * _BAR)
        bar = f"  {'█' * done}{'░' * (_BAR - done)} {sight.share:.0%}" if sight.share is not None else ""
        rows.append(_row((f"     {sight.phase}", "accent"), (f"{bar}  {sight.amount}", "plain")))
    if sight.waits_for:
        rows.append(_row(("     ▲ waits for ", "warn"), (sight.waits_for, "strong")))
    rows += [_row(("       held by ", "muted"), (str(blocker), "plain")) for blocker in sight.blockers[:5]]
    return rows


def _lock_rows(file: FileProgress) -> list[Row]:
    strong = [lock for lock in file.locks if lock.mode not in ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE")]
    rows = []
    for lock in strong[:8]:
        more = ", rewrote it" if lock.rewritten else f", read at least {lock.scanned:,} rows" if lock.scanned else ""
        held = f", held {duration_words(lock.held_ms / 1000)}" if lock.held_ms else ""
        rows.append(_row((f"     took {lock.mode} on {lock.relation}{more}{held}", "muted")))
    return rows


def _row(*spans: tuple[str, Tone]) -> Row:
    return Row(None, tuple(span for span in spans if span[0]) or (("", "plain"),))
