"""The pane's views as data: what each says of the chosen migration, and the words above the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textual.content import Content

from chatly_console.core.text import safe_text
from chatly_console.migrations.diffing import diff_rows
from chatly_console.migrations.forecast import FileForecast
from chatly_console.migrations.reading import Reading
from chatly_console.migrations.rows import STATE_TONES, Row, log_rows, statement_rows
from chatly_console.migrations.status import Migration, State
from chatly_console.migrations.ui.detail import Tab

ViewName = Literal["statements", "back", "diff", "log"]


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


def summary_line(reading: Reading, where: str) -> Content:
    """How many of each state, each in its colour."""
    parts: list[tuple[str, str]] = []
    for state in State:
        count = sum(m.state is state for m in reading.migrations)
        if count:
            parts += [(f"{state.value} {count}", f"bold ${STATE_TONES[state]}"), (" · ", "$muted")]
    return Content.assemble(*parts, (safe_text(where), "$muted"))


def tabs_of(reading: Reading, chosen: Migration | None) -> list[Tab]:
    """The views that make sense for this migration."""
    tabs: list[Tab] = [("s", "statements", "statements")]
    if chosen is not None and chosen.file is not None:
        tabs.append(("w", "way back" if chosen.file.down is not None else "no way back", "back"))
    if chosen is not None and chosen.state is State.CHANGED:
        tabs.append(("d", "diff", "diff"))
    entries = sum(entry.version == chosen.version for entry in reading.history.log) if chosen is not None else 0
    tabs.append(("L", f"log ({entries})", "log"))
    return tabs


def view_of(reading: Reading, chosen: Migration | None, view: ViewName) -> Shown:
    """What this view says of this migration."""
    if chosen is None:
        return Shown("", ())
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
    return Shown(_file_title(forecast), statement_rows(forecast, {}), forecast.task.script.text)


def _file_title(forecast: FileForecast) -> str:
    script = forecast.task.script
    how = "one transaction" if script.in_transaction else "outside a transaction, statement by statement"
    place = f"down/{script.path.name}" if forecast.task.way == "down" else script.path.name
    return f"{place} ▪ {how} ▪ {forecast.words}"
