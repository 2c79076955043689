"""Plans that are kept, and plans that leave: the history, files, and the report."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.text import cut, safe_text
from chatly_console.explain.export import FORMATS, anonymised, export
from chatly_console.explain.kept import KeptPlan
from chatly_console.explain.service import facts_of, values_words
from chatly_console.explain.ui.showing_pane import ShowingPane
from chatly_console.explain.wording import milliseconds
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import AskText

_SQL_SHOWN, _WHO_SHOWN, _VALUE_SHOWN = 90, 16, 20


async def choose_kept(pane: ShowingPane, title: str, *, but: int = 0, first: str = "") -> KeptPlan | None:
    """Let the user choose one of the plans that were kept, newest first; None where there is none to his liking.

    Those of the statement `first` come before all others; entry `but` is left out.
    """
    found = [entry for entry in await pane.store.search() if entry.id != but]
    found.sort(key=lambda entry: entry.sql != first)
    if not found:
        none = "No other plan is kept yet." if but else "No plan is kept yet."
        raise Failure(none, FailureKind.USAGE, hint="Every plan that is run here is kept.")
    choices = [Choice(_title(entry), entry, _aside(entry)) for entry in found]
    return await pane.app.push_screen_wait(Choose(title, choices, placeholder="type a part of the statement"))


def _title(entry: KeptPlan) -> str:
    time = milliseconds(entry.execution_ms) if entry.execution_ms is not None else "not run"
    values = values_words(entry.arguments, _VALUE_SHOWN)
    return f"{time:>9}  {values}{'  ' if values else ''}{' '.join(entry.sql.split())[:_SQL_SHOWN]}"


def entry_words(entry: KeptPlan) -> str:
    """Of when a plan is and how it was run: `12 Nov 14:03:20, 812 ms, chatly as anon with $1 = 'x'`."""
    time = f", {milliseconds(entry.execution_ms)}" if entry.execution_ms is not None else ""
    how = how_it_was_run(entry.database, entry.identity, entry.arguments)
    return f"{entry.at.astimezone():%d %b %H:%M:%S}{time}, {how}"


def how_it_was_run(database: str, identity: str, arguments: tuple[str | None, ...]) -> str:
    """Where, as whom, with which values: what may tell two plans of one statement apart."""
    who = f" as {identity}" if identity else ""
    values = values_words(arguments, _VALUE_SHOWN)
    return f"{database}{who}{f' with {values}' if values else ''}"


def _aside(entry: KeptPlan) -> str:
    who = entry.identity.partition(" (")[0].rpartition(" ")[2] or entry.database
    return f"{cut(who, _WHO_SHOWN)} {entry.at.astimezone():%d %b %H:%M}"


async def write_report(pane: ShowingPane) -> str:
    """Write the report into a file of its own; returns the sentence that says where."""
    analysis, run = pane.analysis, pane.run
    if analysis is None:
        raise Failure("There is no plan to report on.", FailureKind.USAGE)
    if run is not None:
        analysis.plan.query = run.sql
    text = await asyncio.to_thread(export, analysis, "markdown", facts_of(run), pane.tried)
    path = _free(Path.home() / f"plan-{datetime.now(UTC).astimezone():%Y%m%d-%H%M%S}.md")
    await asyncio.to_thread(_write, path, text)
    return f"The report is in {path}."


async def ask_and_export(pane: ShowingPane) -> str:
    """Ask for a format and a place, and write the plan there; returns a sentence, or nothing where he gave up."""
    analysis = pane.analysis
    if analysis is None:
        raise Failure("There is no plan to export.", FailureKind.USAGE)
    choices = [Choice(f"{name}, with names and values", (name, False)) for name in FORMATS]
    choices += [Choice(f"{name}, anonymised", (name, True)) for name in FORMATS]
    chosen = await pane.app.push_screen_wait(Choose("Export the plan as", choices))
    if chosen is None:
        return ""
    name, without_names = chosen
    initial = str(Path.home() / f"plan.{FORMATS[name]}")
    answer = await pane.app.push_screen_wait(AskText("Write it to", initial=initial))
    if answer is None or not answer.strip():
        return ""
    path = _place(answer)
    shown = await asyncio.to_thread(anonymised, analysis) if without_names else analysis
    facts = {} if without_names else facts_of(pane.run)
    await asyncio.to_thread(_write, path, export(shown, name, facts, None if without_names else pane.tried))
    return f"The plan is in {path}{', without names and values' if without_names else ''}."


def _free(path: Path) -> Path:
    """This path, or one beside it that nothing is at."""
    number = 1
    found = path
    while found.exists():
        number += 1
        found = path.with_stem(f"{path.stem}-{number}")
    return found


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Failure(f"{safe_text(str(path))} cannot be written: {reason}.", FailureKind.USAGE) from error


async def read_file(pane: ShowingPane) -> str | None:
    """Ask for a file, and read it; None where the user gave up."""
    answer = await pane.app.push_screen_wait(AskText("Read a plan from", "Any form of EXPLAIN, or a server's log."))
    if answer is None or not answer.strip():
        return None
    path = _place(answer)
    try:
        return (await asyncio.to_thread(path.read_bytes)).decode("utf-8-sig", "replace")
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise Failure(f"{safe_text(str(path))} cannot be read: {reason}.", FailureKind.USAGE) from error


def _place(answer: str) -> Path:
    return Path(answer.strip()).expanduser()
