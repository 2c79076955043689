"""Statements that the console writes for a person: the rows behind a key, a result once more, the change of one row."""

import asyncio
from dataclasses import replace

from chatly_console.core.classify import classify
from chatly_console.core.failure import Failure
from chatly_console.core.request import Mode, Request
from chatly_console.query.decision import writing
from chatly_console.query.place import Place
from chatly_console.query.service import StatementRun
from chatly_console.query.transaction_words import changed_rows
from chatly_console.query.ui.results import ResultView
from chatly_console.query.ui.runner import Runner
from chatly_console.shell.dialogs import Confirm


async def show_rows(runner: Runner, sql: str, title: str, *, came_from: ResultView) -> None:
    """Run a query of our own and show it in a tab that leads back."""
    try:
        runner.held.check()
        run = runner.new_run(Request(sql, identity=runner.session.identity))
    except Failure as failure:
        runner.pane.fail(failure)
        return
    await runner.run(run, Place("", 0, sql), title, came_from=came_from)


async def run_again(runner: Runner, view: ResultView) -> None:
    """Run the statement of a view once more, in its tab."""
    if view.place is not None and view.run is not None and not runner.is_working:
        run = runner.new_run(replace(view.run.request, identity=runner.session.identity))
        await runner.run(run, view.place, view.title, into=view)


async def change_one(runner: Runner, sql: str, *, grave: bool = False) -> StatementRun | None:
    """Show a statement that changes exactly one row, and run it if the user agrees; None where it did not."""
    try:
        runner.held.check()
        decision = writing(await asyncio.to_thread(classify, sql), runner.circumstances())
    except Failure as failure:
        runner.pane.fail(failure)
        return None
    kept = decision.mode is Mode.COMMITTED
    question = "Run this?" if kept else f"Try this as {runner.session.identity.describe()}, and roll it back?"
    if not await runner.questions.ask(Confirm(question, sql, verb="run it" if kept else "try it", grave=grave)):
        runner.pane.say("Not sent.")
        return None
    own = runner.held.current is None
    try:
        if own:
            await runner.held.begin()
        run = runner.new_run(Request(sql, identity=runner.session.identity, mode=Mode.COMMITTED))
    except Failure as failure:
        runner.pane.fail(failure)
        return None
    await runner.send(run, sql)
    changed = changed_rows(run.state.tag) if run.state.failure is None else None
    if own and not await runner.end(commit=changed == 1, quietly=changed != 1 or not kept):
        return None
    if run.state.failure is not None:
        runner.pane.fail(run.state.failure)
    elif changed != 1:
        runner.pane.say(_nothing_changed(runner), failed=True)
    elif own and not kept:
        runner.pane.say("It would change this row; rolled back, as everything is while impersonating.")
    return run if changed == 1 and (kept or not own) else None


def _nothing_changed(runner: Runner) -> str:
    if runner.session.is_impersonating:
        return "No row was changed: the policies hide it from this user, or it is not what it was any more."
    return "The row is not what it was: somebody changed or deleted it. Nothing was done."
