"""Tries one index on the table itself, after a question: its row grows beside those of the copy, and it is removed."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace

from chatly_console.core.failure import Failure
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.messages import Report
from chatly_console.vectors.advice import Advice
from chatly_console.vectors.candidates import Candidate, candidates_for
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.on_table import try_on_table
from chatly_console.vectors.ui.permission import may_build_on_table
from chatly_console.vectors.ui.trials_shown import keep_trials, show_trials
from chatly_console.vectors.ui.views import View
from chatly_console.vectors.ui.workbench import Workbench
from chatly_console.vectors.ui.writing import trial_under_cursor


async def try_here(pane: Workbench, column: VectorColumn) -> None:
    """Build the index under the cursor (or a chosen one) on the table, measure it there, and remove it."""
    if not column.rows:
        pane.tell("There is no row to measure with.")
        return
    known = trial_under_cursor(pane)
    candidate = known.candidate if known is not None else await _chosen(pane, column)
    try:
        if candidate is None or not await may_build_on_table(pane, column, candidate, known):
            return
    except Failure as failure:
        pane.post_message(Report(failure))  # the rows of the copy stay
        return
    view = pane.query_one("#index", View)
    if pane.advice is None:
        pane.advice = Advice(column.rows, True, pane.k, "", within=pane.within)
        view.show_loading(f"building {candidate.words} on the table")
    before, pane.trial_shown = pane.advice.on_table, None
    candidate = replace(candidate, current=False)

    def tell(words: str) -> None:
        view.say(f"{candidate.words} on the table: {words} · ctrl+g stops and removes it")

    try:
        async with aclosing(try_on_table(pane.database, column, candidate, k=pane.k, tell=tell)) as trials:
            async for trial in trials:
                pane.advice = replace(pane.advice, on_table=(*before, trial))
                show_trials(pane)
    except asyncio.CancelledError:
        _ended(pane, view, f"{candidate.words} on the table: cancelled, and removed")
        raise
    _ended(pane, view, f"{candidate.words} on the table: measured, and removed")
    pane.leave_question()
    await keep_trials(pane, column)


def _ended(pane: Workbench, view: View, words: str) -> None:
    assert pane.advice is not None
    if pane.advice.all_trials:
        view.say(words)
    else:
        pane.advice = None
        view.show_empty(f"{words}.")


async def _chosen(pane: Workbench, column: VectorColumn) -> Candidate | None:
    choices = [Choice(c.words, c, "as it is now" if c.current else "") for c in candidates_for(column, column.rows)]
    if not choices:
        pane.tell("No index can be built on vectors without a fixed length.")
        return None
    return await pane.app.push_screen_wait(Choose("Build which index on the table, for a trial?", choices))
