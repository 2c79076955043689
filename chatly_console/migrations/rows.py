"""Migrations, statements, log and findings as rows of text in tones, for a list on the screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chatly_console.core.classify import Risk
from chatly_console.core.durations import duration_words
from chatly_console.core.text import cell_width, fit, safe_text
from chatly_console.migrations.forecast import FileForecast, Level, StatementForecast, about_words
from chatly_console.migrations.history import LogEntry
from chatly_console.migrations.report import MARKS
from chatly_console.migrations.status import Migration, State

Tone = Literal["plain", "muted", "good", "warn", "bad", "strong", "accent"]
TONES: tuple[Tone, ...] = ("plain", "muted", "good", "warn", "bad", "strong", "accent")


@dataclass(frozen=True, slots=True)
class Row:
    """One line; without a key the cursor has nothing to do there."""

    key: object
    spans: tuple[tuple[str, Tone], ...]

    @property
    def text(self) -> str:
        """The line without its tones."""
        return "".join(text for text, _ in self.spans)


MOST_STATEMENTS = 2_000
"""Statements of a file that are listed."""

STATE_TONES: dict[State, Tone] = {
    State.APPLIED: "good",
    State.PENDING: "warn",
    State.OUT_OF_ORDER: "warn",
    State.CHANGED: "bad",
    State.MISSING: "warn",
    State.PARTWAY: "bad",
}
LEVEL_TONES: dict[Level, Tone] = {Level.SAFE: "muted", Level.CAREFUL: "warn", Level.DESTRUCTIVE: "bad"}


def timeline_rows(
    migrations: Sequence[Migration], forecasts: Mapping[str, FileForecast], marks: Mapping[str, str], width: int
) -> list[Row]:
    """The timeline. `marks` are short words about a version (a proof, a finding), shown behind its name."""
    longest = max((cell_width(safe_text(m.name)) for m in migrations), default=10)
    room = min(longest, max(width - 60, 24), 44)
    return [_timeline_row(one, forecasts.get(one.version), marks.get(one.version, ""), room) for one in migrations]


def _timeline_row(migration: Migration, forecast: FileForecast | None, mark: str, room: int) -> Row:
    tone = STATE_TONES[migration.state]
    name = fit(safe_text(migration.name), room)
    quiet = migration.state is State.APPLIED
    spans: list[tuple[str, Tone]] = [
        (f" {MARKS[migration.state]} ", tone),
        (f"{migration.version:14} ", "muted"),
        (f"{name}  ", "plain" if quiet else "strong"),
    ]
    if mark:
        spans.append((f"{mark}  ", "bad" if mark.startswith("✗") else "warn" if mark.startswith("▲") else "muted"))
    last = migration.last
    if migration.state is State.CHANGED:
        spans.append(("changed after it was applied   d diff", tone))
    elif migration.state is not State.APPLIED and migration.state is not State.PENDING:
        spans.append((f"{migration.state.value}  ", tone))
    if migration.applied_at is not None and quiet:
        who = (last.client or last.login).partition("@")[0] if last is not None else ""
        took = f"  {duration_words(last.duration_ms / 1000)}" if last and last.duration_ms is not None else ""
        spans.append((f"{migration.applied_at.astimezone():%Y-%m-%d %H:%M}  {who}{took}  ", "muted"))
    if migration.remark and migration.state not in (State.OUT_OF_ORDER, State.MISSING, State.CHANGED):
        spans.append((f"{migration.remark}  ", "muted" if quiet else tone))
    if forecast is not None:
        spans.append((forecast.words, LEVEL_TONES[forecast.level]))
    return Row(migration.version, tuple(spans))


def statement_rows(forecast: FileForecast, notes: Mapping[int, Sequence[tuple[str, Tone]]]) -> list[Row]:
    """What each statement does, takes and blocks; `notes` are lint findings by line."""
    found: list[Row] = []
    last = 0
    for one in forecast.statements[:MOST_STATEMENTS]:
        line = one.statement.line
        found += [_note_row(note, tone) for at in range(last + 1, line) for note, tone in notes.get(at, ())]
        found.append(_statement_row(one))
        found += _effect_rows(one)
        last_line = line + one.statement.sql.count("\n")
        found += [_note_row(note, tone) for at in range(line, last_line + 1) for note, tone in notes.get(at, ())]
        last = last_line
    hidden = len(forecast.statements) - MOST_STATEMENTS
    if hidden > 0:
        return [*found, _note_row(f"… {hidden:,} more statements", "muted")]
    found += [_note_row(note, tone) for at, several in sorted(notes.items()) if at > last for note, tone in several]
    return [_note_row(note, tone) for note, tone in notes.get(0, ())] + found


def _statement_row(one: StatementForecast) -> Row:
    kind = one.statement.kind
    tone: Tone = "bad" if kind.risk >= Risk.DESTRUCTIVE and one.blocks != "nobody" else "plain"
    return Row(
        one.statement.line, ((f"{one.statement.line:>4}  ", "muted"), (kind.sentence or kind.verb, tone))
    )  # fmt: skip


def _effect_rows(one: StatementForecast) -> list[Row]:
    rows = []
    for effect in one.effects:
        blocks = _BLOCKS.get(effect.lock, "")
        work = ["rewrites it"] if effect.rewrites else ["builds an index"] if effect.builds_index else []
        work += ["reads all of it"] if effect.scans and not work else []
        if effect.rewrites is None:
            work.append("may rewrite it")
        tone: Tone = "warn" if blocks and (work or effect.note) else "muted"
        words = ", ".join(part for part in (blocks, *work) if part)
        on = effect.relation or "its table"
        note = f" ({effect.note})" if effect.note and not work else ""
        rows.append(
            Row(
                None, ((f"        {effect.lock} on {on}", "muted"), (f"  {words}{note}" if words or note else "", tone))
            )
        )
    if one.seconds > 0.1 and one.effects:
        rows.append(Row(None, ((f"        about {about_words(one.seconds)}, {one.rows:,.0f} rows", "muted"),)))
    return rows


_BLOCKS = {
    "ACCESS EXCLUSIVE": "blocks readers and writers",
    **dict.fromkeys(("SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE"), "blocks writers"),
}


def _note_row(note: str, tone: Tone) -> Row:
    return Row(None, (("      ", "muted"), (note, tone)))


def log_rows(entries: Sequence[LogEntry], version: str = "") -> list[Row]:
    """The log, the newest first; of one version where it is named."""
    return [_log_row(entry) for entry in reversed(entries) if not version or entry.version == version]


def _log_row(entry: LogEntry) -> Row:
    tones: dict[str, Tone] = {"done": "good", "failed": "bad", "cancelled": "warn", "started": "muted", "step": "muted"}
    what = (
        entry.direction if entry.direction in ("up", "down") else f"{entry.direction} {entry.detail.get('marked', '')}"
    )
    place = f" {entry.statement_no}/{entry.statement_count}" if entry.outcome in ("step", "failed") else ""
    took = f"  {duration_words(entry.duration_ms / 1000)}" if entry.duration_ms is not None else ""
    locks = ", ".join(f"{one['mode']} on {one['relation']} {one.get('held_ms', 0):.0f} ms" for one in entry.locks[:2])
    return Row(
        entry.id,
        (
            (f" {entry.at.astimezone():%Y-%m-%d %H:%M:%S}  ", "muted"),
            (f"{entry.version} ", "muted"),
            (f"{what.strip()} {entry.outcome}{place}", tones[entry.outcome]),
            (f"{took}  {entry.client or entry.login}  ", "muted"),
            (entry.error or locks, "bad" if entry.error else "muted"),
        ),
    )
