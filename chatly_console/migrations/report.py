"""What the command line prints: states, log and events as lines for people and as documents for programs."""

from collections.abc import Iterator, Sequence
from typing import Any

from chatly_console.core.classify import LOCK_BLOCKS
from chatly_console.core.durations import duration_words
from chatly_console.core.text import fit, safe_text
from chatly_console.migrations import events
from chatly_console.migrations.events import Event, Task
from chatly_console.migrations.forecast import FileForecast
from chatly_console.migrations.history import LogEntry
from chatly_console.migrations.status import Migration, State

MARKS = {
    State.APPLIED: "✓",
    State.PENDING: "○",
    State.OUT_OF_ORDER: "↕",
    State.CHANGED: "≠",
    State.MISSING: "?",
    State.PARTWAY: "◐",
}


def status_line(migration: Migration) -> str:
    """`✓ 20260302101500 add_documents_embedding  2026-03-02 14:11  ada@laptop  0.4 s`."""
    last = migration.last
    who = f"  {last.client or last.login}" if last is not None else ""
    when = f"  {migration.applied_at:%Y-%m-%d %H:%M}{who}" if migration.applied_at is not None else ""
    took = f"  {duration_words(last.duration_ms / 1000)}" if when and last and last.duration_ms is not None else ""
    state = "" if migration.state is State.APPLIED else f"  {migration.state.value}"
    remark = f"  ({migration.remark})" if migration.remark and migration.remark != "no way back" else ""
    return safe_text(
        f"{MARKS[migration.state]} {migration.version:14} {fit(safe_text(migration.name), 36)}"
        f"{state}{when}{took}{remark}"
    )


def status_document(migration: Migration) -> dict[str, Any]:
    """One entry of `migrate status --json`."""
    return {
        "version": migration.version,
        "name": migration.name,
        "state": migration.state.value,
        "applied_at": migration.applied_at.isoformat() if migration.applied_at else None,
        "applied_by": (migration.last.client or migration.last.login)
        if migration.applied_at and migration.last
        else None,
        "down": migration.has_way_back,
        "remark": migration.remark,
    }


def forecast_lines(forecast: FileForecast) -> list[str]:
    """What each statement of a file would do, as `migrate plan` prints it."""
    lines = []
    for one in forecast.statements:
        lines.append(f"    line {one.statement.line:<4} {one.statement.kind.sentence or one.statement.kind.verb}")
        for effect in one.effects:
            note = f" ({effect.note})" if effect.note else ""
            blocks = LOCK_BLOCKS.get(effect.lock, "")
            lines.append(f"              {effect.lock} on {effect.relation or 'its table'}: blocks {blocks}{note}")
    return lines


def log_line(entry: LogEntry) -> str:
    """One line of the log."""
    what = (
        entry.direction if entry.direction in ("up", "down") else f"{entry.direction} {entry.detail.get('marked', '')}"
    )
    took = f"  {duration_words(entry.duration_ms / 1000)}" if entry.duration_ms is not None else ""
    at = f" {entry.statement_no}/{entry.statement_count}" if entry.outcome in ("step", "failed") else ""
    locks = ", ".join(f"{one['mode']} on {one['relation']}" for one in entry.locks[:3])
    more = f"  {entry.sqlstate or ''} {entry.error}" if entry.error else f"  {locks}" if locks else ""
    return safe_text(
        f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.version} {entry.name}  {what.strip()} {entry.outcome}{at}{took}"
        f"  {entry.client or entry.login}{more}"
    )


def log_document(entry: LogEntry) -> dict[str, Any]:
    """One entry of `migrate log --json`."""
    return {
        **{name: getattr(entry, name) for name in LogEntry.__dataclass_fields__ if name not in ("at", "locks")},
        "at": entry.at.isoformat(),
        "locks": list(entry.locks),
    }


def task_words(task: Task) -> str:
    """`20260519120000_appointments_no_overlap`, and that it is the way back."""
    return task.file.label + (" (back)" if task.way == "down" else "")


def event_lines(event: Event) -> Iterator[str]:
    """What an event is worth on the command line; most are worth a line."""
    match event:
        case events.QueueWaits():
            yield f"waiting for another console: {event.holder}"
        case events.FileBegan() if event.attempt == 1:
            on = f", going on behind statement {event.done}" if event.done else ""
            count = len(event.task.script.statements)
            yield f"◌ {task_words(event.task)}: {count} statement{'' if count == 1 else 's'}{on}"
        case events.FileSkipped():
            yield f"✓ {task_words(event.task)}: {event.words}"
        case events.StatementEnded():
            yield from _statement_lines(event)
        case events.Watched() if event.sight.blockers:
            yield f"    waits for {event.sight.waits_for}, held by {event.sight.blockers[0]}"
        case events.Watched() if event.sight.phase:
            share = f" {event.sight.share:.0%}" if event.sight.share is not None else ""
            yield f"    {event.sight.phase}{share} {event.sight.amount}".rstrip()
        case events.Heard():
            yield f"    {event.notice.severity}: {event.notice.message}"
        case events.Retrying():
            again = f"attempt {event.attempt + 1} of {event.attempts} in {event.seconds:.1f} s"
            yield f"    no lock ({event.failure.sentence}); {again}"
            yield from (f"    held by {blocker}" for blocker in event.blockers)
        case events.CleanedUp():
            yield f"    {event.words}"
        case events.FileEnded():
            yield f"✓ {task_words(event.task)}  {duration_words(event.seconds)}"
        case events.FileFailed():
            yield from _failure_lines(event)


def _statement_lines(event: events.StatementEnded) -> Iterator[str]:
    statement = event.task.script.statements[event.number - 1]
    yield f"    {event.number}. line {statement.line}  {event.tag}  {duration_words(event.seconds)}"
    for lock in event.locks:
        if lock.mode not in ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE"):
            more = ", rewrote it" if lock.rewritten else ""
            yield f"       took {lock.mode} on {lock.relation}{more}"


def _failure_lines(event: events.FileFailed) -> Iterator[str]:
    failure, place = event.failure, event.place
    code = f" [{failure.sqlstate}]" if failure.sqlstate else ""
    where = f"{place}: " if place is not None else ""
    yield f"✗ {where}{failure.sentence}{code}"
    if place is not None:
        yield from (f"    {line}" for line in place.excerpt)
    for label, words in (("detail", failure.detail), ("hint", failure.hint), ("context", failure.context)):
        if words:
            yield f"    {label}: {words}"
    yield f"  {task_words(event.task)}: {event.kept}"


def counted(number: int, word: str) -> str:
    """`1 statement`, `3 statements`."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def tasks_line(tasks: Sequence[Task]) -> str:
    """What is about to run, in a line."""
    return ", ".join(task_words(task) for task in tasks)


def run_document(done: Sequence[Event]) -> list[dict[str, Any]]:
    """`migrate up --json`: one entry for each file that ran."""
    found: list[dict[str, Any]] = []
    for event in done:
        match event:
            case events.FileEnded():
                found.append(_run_entry(event.task, "done", seconds=round(event.seconds, 3)))
                found[-1]["locks"] = [lock.as_json() for lock in event.locks]
            case events.FileSkipped():
                found.append(_run_entry(event.task, "skipped", remark=event.words))
            case events.FileFailed():
                place = event.place
                failed: dict[str, Any] = {
                    "sqlstate": event.failure.sqlstate,
                    "message": event.failure.sentence,
                    "kept": event.kept,
                }
                failed |= {"line": place.line if place else None, "column": place.column if place else None}
                found.append(_run_entry(event.task, "failed", **failed))
            case events.Retrying():
                found.pop()
            case _:
                continue
    return found


def _run_entry(task: Task, outcome: str, **more: Any) -> dict[str, Any]:
    about = {"version": task.file.version, "name": task.file.name, "direction": task.way, "outcome": outcome}
    return {**about, **more}
