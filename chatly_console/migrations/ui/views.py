"""The pane's views as data: what each says of the chosen migration, and the words above the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textual.content import Content

from chatly_console.core.text import safe_text
from chatly_console.migrations.diffing import diff_rows
from chatly_console.migrations.finding_rows import drift_rows, lint_rows, notes_by_line, proof_rows
from chatly_console.migrations.forecast import FileForecast
from chatly_console.migrations.known import Known
from chatly_console.migrations.reading import Reading
from chatly_console.migrations.rows import STATE_TONES, Row, log_rows, statement_rows
from chatly_console.migrations.status import Migration, State
from chatly_console.migrations.ui.view_strip import Tab

ViewName = Literal["statements", "file", "back", "diff", "log", "lint", "proof", "drift"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the detail is to show."""

    title: str
    rows: Sequence[Row]
    text: str | None = None
    empty: str = ""


def pending_forecasts(reading: Reading) -> dict[str, FileForecast]:
    """What the pending ones would do; of those applied the timeline says when instead."""
    return {m.version: reading.forecasts[m.version] for m in reading.pending if m.version in reading.forecasts}


def summary_line(known: Known, where: str) -> Content:
    """How many of each state, each in its colour; then the proof and the drift."""
    parts: list[tuple[str, str]] = []
    for state in State:
        count = sum(m.state is state for m in known.reading.migrations)
        if count:
            parts += [(f"{state.value} {count}", f"bold ${STATE_TONES[state]}"), (" · ", "$muted")]
    failed = any(not one.ok for one in known.proofs) and known.doing != "proof"
    parts += [(safe_text(where), "$muted"), ("   ", ""), (safe_text(known.proof_words), "$bad" if failed else "$muted")]
    if known.drift_words:
        drifted = known.drift is not None and bool(known.drift.telling)
        parts += [(" · ", "$muted"), (safe_text(known.drift_words), "$warn" if drifted else "$muted")]
    return Content.assemble(*parts)


def tabs_of(known: Known, chosen: Migration | None) -> list[Tab]:
    """The views that make sense for this migration, and those of the whole folder."""
    tabs: list[Tab] = [("s", "statements", "statements")]
    if chosen is not None and chosen.file is not None:
        tabs.append(("f", "file", "file"))
        tabs.append(("w", "way back" if chosen.file.down is not None else "no way back", "back"))
    if chosen is not None and chosen.state is State.CHANGED:
        tabs.append(("d", "diff", "diff"))
    entries = sum(entry.version == chosen.version for entry in known.reading.history.log) if chosen is not None else 0
    worst = sum(not one.silenced and one.level != "note" for one in known.reading.findings)
    tabs += [("L", f"log ({entries})", "log"), ("l", f"lint ({worst})", "lint"), ("v", "proof", "proof")]
    drift = f"drift ({len(known.drift.telling)})" if known.drift is not None else "drift"
    return [*tabs, ("D", drift, "drift")]


def view_of(known: Known, chosen: Migration | None, view: ViewName) -> Shown:
    """What this view says, of this migration or of all."""
    if view == "lint":
        return Shown("what the linter finds; `-- chatly: allow=RULE reason=\"...\"` silences a rule in a file",
                     lint_rows(known.reading.findings), empty="Nothing is found in any file.")  # fmt: skip
    if view == "proof":
        return Shown("each file up, again if idempotent, down, up; pending ones on data too ▪ v proves, V on a dump",
                     proof_rows(known), empty="Nothing is proven in this visit; v does it.")  # fmt: skip
    if view == "drift":
        return Shown("how the database differs from what its applied files make ▪ D looks again, A adopts as migration",
                     drift_rows(known), empty="No drift." if known.drift else "D looks for drift.")  # fmt: skip
    return Shown("", ()) if chosen is None else _of_one(known.reading, chosen, view)


def _of_one(reading: Reading, chosen: Migration, view: ViewName) -> Shown:
    if view == "log":
        return Shown(f"log of {chosen.version} {chosen.name}", log_rows(reading.history.log, chosen.version),
                     empty="Nothing of it is in our log: another tool did it, or nobody yet.")  # fmt: skip
    if view == "diff":
        empty = (
            "What was applied is not known statement by statement."
            if chosen.state is State.CHANGED
            else "No difference."
        )
        return Shown(f"{chosen.name}: as it was applied, and now", diff_rows(chosen), empty=empty)
    if chosen.file is None:
        statements = "\n".join(f"{text};" for text in (chosen.entry.statements or ())) if chosen.entry else ""
        return Shown("applied, and no file of it is here; this is what the history says ran", (),
                     statements or None, "The history does not say what it was.")  # fmt: skip
    forecast = (reading.backs if view == "back" else reading.forecasts).get(chosen.version)
    if forecast is None:
        directives = chosen.file.up.directives
        reason = f": {directives.reason}" if directives.irreversible and directives.reason else ""
        return Shown("no way back", (), empty=f"There is no down file{reason}.")
    if view == "file":
        return Shown(_file_title(forecast, chosen), (), forecast.task.script.text)
    notes = notes_by_line(reading.findings_of(chosen)) if view == "statements" else {}
    return Shown(_file_title(forecast, chosen), statement_rows(forecast, notes), forecast.task.script.text)


def _file_title(forecast: FileForecast, chosen: Migration) -> str:
    script = forecast.task.script
    how = "one transaction" if script.in_transaction else "outside a transaction, statement by statement"
    place = f"down/{script.path.name}" if forecast.task.way == "down" else script.path.name
    would = forecast.task.way == "down" or chosen.is_pending
    if not would:
        return f"{place} ▪ {how}"
    words = forecast.words  # what it does and whom it blocks comes before how, since the end may be cut
    return f"{place} ▪ {words}" + ("" if "outside a transaction" in words else f" ▪ {how}")
