"""What the Index view does: try indexes on a copy, after a question where the server serves customers."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from chatly_console.vectors.advice_listing import advice_words
from chatly_console.vectors.advising import advise
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.scratch import MOST_ROWS
from chatly_console.vectors.ui.permission import may_build
from chatly_console.vectors.ui.trials_shown import keep_trials, show_trials
from chatly_console.vectors.ui.views import View
from chatly_console.vectors.ui.workbench import Workbench


async def try_indexes(pane: Workbench, column: VectorColumn) -> None:
    """The Index view: one row for each index that was tried."""
    view = pane.query_one("#index", View)
    if not await may_build(pane):
        return
    view.show_loading(f"copying up to {MOST_ROWS:,} rows to try indexes on")
    view.conclude("")
    pane.advice, pane.trial_shown = None, None

    def tell(words: str) -> None:
        if pane.advice is not None:
            view.say(advice_words(replace(pane.advice, doing=f"{words} · ctrl+g stops")))

    try:
        async for advice in advise(pane.database, column, k=pane.k, tell=tell):
            pane.advice = replace(advice, within=pane.within)
            if advice.trials:
                show_trials(pane)
            view.say(advice_words(advice))
    except asyncio.CancelledError:
        if pane.advice is not None:
            pane.advice = replace(pane.advice, doing="")
            view.say(advice_words(replace(pane.advice, doing="cancelled, and rolled back")))
            if pane.advice.trials:
                show_trials(pane)
        else:
            view.show_empty("Cancelled before the first index.")
        raise
    if pane.advice is None or not pane.advice.rows:
        view.show_empty("No row with a vector can be seen.", "Indexes are tried as the login, never as somebody else.")
        return
    if not pane.advice.trials:
        fix = "alter table … alter column … type vector(n) fixes it."
        view.show_empty("No index can be built on vectors without a fixed length.", fix)
        return
    show_trials(pane)
    pane.leave_question()
    await keep_trials(pane, column)
