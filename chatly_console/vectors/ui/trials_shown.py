"""What the Index view shows of the trials: each in a row, beside saved ones, or the curve of one of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import AskText
from chatly_console.vectors.advice import Advice, Trial
from chatly_console.vectors.advice_listing import advice_rows, compared_trials, trial_words, trials_against
from chatly_console.vectors.circumstances import circumstances_of
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.curve_listing import compared_rows, curve_rows
from chatly_console.vectors.lab import Curve
from chatly_console.vectors.saved_trials import SavedAdvice, read_trials, save_trials
from chatly_console.vectors.ui.views import View
from chatly_console.vectors.ui.workbench import Workbench

_KEYS = "d its curve · A beside saved ones · B on the table itself · M as a migration"


def show_trials(pane: Workbench) -> None:
    """The trials so far, or the curve of the one that was asked for."""
    view, advice, before = pane.query_one("#index", View), pane.advice, pane.trials_before
    if advice is None:
        return
    trial = pane.trial_shown
    if trial is not None:
        _show_curve(view, advice, trial, before)
        return
    view.show_rows(advice_rows(advice) if before is None else compared_trials(advice, before))
    if not advice.doing:
        against = f"\n{trials_against(advice, before)}" if before is not None else ""
        sentence = advice.sentence() if advice.trials else trial_words(advice, advice.on_table[-1])
        view.conclude(f"⇒ {sentence}{against}\n{_KEYS}")


def _show_curve(view: View, advice: Advice, trial: Trial, before: SavedAdvice | None) -> None:
    curve = Curve(advice.k, 0, trial.points, done=True)
    old = before.like(trial) if before is not None else None
    view.show_rows(curve_rows(curve) if old is None else compared_rows(curve, Curve(advice.k, 0, old.points)))
    view.conclude(f"the curve of {trial_words(advice, trial)}\nd back to the trials")


def toggle_curve(pane: Workbench) -> None:
    """The curve of the trial under the cursor, and back."""
    row, trials = pane.shown.chosen_row, pane.advice.all_trials if pane.advice is not None else ()
    if pane.trial_shown is not None:
        pane.trial_shown = None
    elif row is None or row >= len(trials) or not trials[row].points:
        pane.tell("Try indexes first: f5." if not trials else "This one has no curve.")
        return
    else:
        pane.trial_shown = trials[row]
    show_trials(pane)


async def keep_trials(pane: Workbench, column: VectorColumn) -> None:
    """Save the trials with their circumstances."""
    if pane.advice is not None and pane.advice.all_trials:
        about = await circumstances_of(pane.database, column, pane.identity, datetime.now())
        pane.lab.trials_about = about
        await asyncio.to_thread(save_trials, pane.trials_file, SavedAdvice(about, pane.advice))


async def choose_trials(pane: Workbench) -> None:
    """Saved trials to lay beside those on show, or none."""
    column = pane.column
    if column is None or pane.advice is None or not pane.advice.all_trials:
        pane.tell("Try indexes first: f5.")
        return
    here = (pane.database.facts.database, column.title)
    saved = [
        one
        for one in await asyncio.to_thread(read_trials, pane.trials_file)
        if (one.about.database, one.about.column) == here and one.about != pane.lab.trials_about
    ]
    if not saved:
        pane.tell("No other trials of this column are saved yet.")
        return
    choices: list[Choice[SavedAdvice | str]] = [Choice("none", "none")]
    choices += [Choice(_title(one), one) for one in saved]
    chosen = await pane.app.push_screen_wait(Choose("Trials to lay beside these", choices))
    if chosen is not None:
        pane.trials_before = None if isinstance(chosen, str) else chosen
        show_trials(pane)


async def choose_within(pane: Workbench) -> None:
    """In which time the indexes are compared."""
    advice = pane.advice
    if advice is None or not advice.all_trials:
        pane.tell("Try indexes first: f5.")
        return

    def check(text: str) -> str:
        number = text.strip().replace(".", "", 1)
        fits = not number or (number.isdigit() and 0 < float(text) < 1e6)
        return "" if fits else "Milliseconds, such as 0.5."

    initial = "" if advice.within is None else f"{advice.within:g}"
    detail = "The recall that each index reaches in a search of so many milliseconds. Empty: what the best one takes."
    text = await pane.app.push_screen_wait(AskText("In how many milliseconds?", detail, initial=initial, check=check))
    if text is not None and pane.advice is not None:
        pane.within = float(text) if text.strip() else None
        pane.advice = replace(pane.advice, within=pane.within)
        show_trials(pane)


def _title(saved: SavedAdvice) -> str:
    about, count = saved.about, len(saved.advice.all_trials)
    what = f"{count} index{'es' if count != 1 else ''} · {saved.advice.rows:,} rows"
    return f"{about.when}  {what} · PostgreSQL {about.server}, vector {about.extension}"
