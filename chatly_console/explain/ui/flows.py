"""What the keys of the plan do that takes more than a moment; each returns the sentence to say, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.explain.analysis import analyse
from chatly_console.explain.diff import compare
from chatly_console.explain.migration import migration_of
from chatly_console.explain.running import PlanOptions
from chatly_console.explain.text_export import as_text
from chatly_console.explain.ui.advice_list import AdviceList
from chatly_console.explain.ui.keeping import (
    ask_and_export,
    choose_kept,
    entry_words,
    how_it_was_run,
    read_file,
    write_report,
)
from chatly_console.explain.ui.options_screen import OptionsScreen
from chatly_console.explain.ui.paste_screen import PasteScreen
from chatly_console.explain.ui.plan_tree import PlanTree
from chatly_console.explain.ui.showing_pane import ShowingPane
from chatly_console.explain.ui.trying_out import try_out
from chatly_console.explain.ui.views import PlanViews
from chatly_console.explain.wording import milliseconds
from chatly_console.shell.messages import AdviseIndex, OpenRelation, WriteMigration

Flow = Callable[[ShowingPane], Awaitable[str]]

_GONE = "This plan is no longer kept."


async def open_history(pane: ShowingPane) -> str:
    """Show a plan that was kept."""
    entry = await choose_kept(pane, "Plans that were run")
    if entry is None:
        return ""
    plan = await pane.store.load(entry.id)
    if plan is None:
        raise Failure(_GONE, FailureKind.USAGE)
    plan.query = entry.sql
    pane.show(await asyncio.to_thread(analyse, plan), None)
    pane.remember(entry.sql, PlanOptions(analyze=entry.analyzed))
    pane.kept_as = entry.id
    return f"The plan of {entry_words(entry)}; r asks for it as it is now, and d compares."


async def compare_with_kept(pane: ShowingPane) -> str:
    """Put a plan that was kept beside the one on show; what was compared before is shown again by the same key."""
    views = pane.query_one(PlanViews)
    if pane.analysis is None:
        raise Failure("There is no plan to compare.", FailureKind.USAGE, hint="F8 or F9 in the editor makes one.")
    if views.comparison is not None and views.comparison.after is pane.analysis and views.current != "diff":
        pane.switch("diff")
        return ""
    entry = await choose_kept(
        pane, "Compare with", but=pane.kept_as, first=pane.run.sql if pane.run is not None else ""
    )
    if entry is None:
        return ""
    plan = await pane.store.load(entry.id)
    if plan is None:
        raise Failure(_GONE, FailureKind.USAGE)
    before = await asyncio.to_thread(analyse, plan)
    comparison = await asyncio.to_thread(compare, before, pane.analysis)
    views.compare(comparison, f"{entry_words(entry)} → {_on_show(pane)}")
    pane.switch("diff")
    return ""


def _on_show(pane: ShowingPane) -> str:
    run, analysis = pane.run, pane.analysis
    if run is None or analysis is None:
        return "the plan on show"
    time = f"{milliseconds(analysis.timing.whole_ms)}, " if run.plan.execution_ms is not None else ""
    return f"on show, {time}{how_it_was_run(run.database, run.as_whom, run.arguments)}"


async def choose_options(pane: ShowingPane) -> str:
    """Ask for the plan with other options."""
    if pane.asked is None:
        raise Failure("There is no statement to plan.", FailureKind.USAGE, hint="F8 plans the one at the cursor.")
    sql, options = pane.asked
    chosen = await pane.app.push_screen_wait(OptionsScreen(options))
    if chosen is not None:
        pane.explain(sql, chosen)
    return ""


async def run_for_times(pane: ShowingPane) -> str:
    """Run the statement on show for its real times."""
    if pane.asked is None:
        raise Failure("There is no statement to run.", FailureKind.USAGE)
    sql, options = pane.asked
    pane.explain(sql, replace(options, analyze=True, generic=False))
    return ""


async def paste(pane: ShowingPane) -> str:
    """Read a plan that is pasted."""
    text = await pane.app.push_screen_wait(PasteScreen())
    if text is not None and text.strip():
        pane.read(text)
    return ""


async def open_file(pane: ShowingPane) -> str:
    """Read a plan from a file."""
    text = await read_file(pane)
    if text is not None:
        pane.read(text)
    return ""


async def copy(pane: ShowingPane) -> str:
    """Copy the plan as text."""
    if pane.analysis is None:
        raise Failure("There is no plan to copy.", FailureKind.USAGE)
    pane.app.copy_to_clipboard(await asyncio.to_thread(as_text, pane.analysis.plan))
    return "The plan is copied as text."


async def write_migration(pane: ShowingPane) -> str:
    """Hand the change that the advice at the cursor proposes to the Migrations pane."""
    finding = pane.query_one(AdviceList).finding
    if finding is None:
        raise Failure("There is no advice to follow.", FailureKind.USAGE)
    change = migration_of(finding)
    pane.post_message(WriteMigration(change.name, change.up, change.down))
    return ""


async def advise_index(pane: ShowingPane) -> str:
    """Let the Advisor look for an index for the statement."""
    if pane.asked is None:
        raise Failure("There is no statement to find an index for.", FailureKind.USAGE)
    pane.post_message(AdviseIndex(pane.asked[0], pane.run.arguments if pane.run is not None else ()))
    return ""


async def open_table(pane: ShowingPane) -> str:
    """Show the table of the node at the cursor in the Schema pane."""
    node = pane.query_one(PlanTree).node
    if node is None or not node.relation:
        raise Failure("This node reads no table.", FailureKind.USAGE)
    pane.post_message(OpenRelation(node.text("Schema") or "public", node.relation))
    return ""


FLOWS: dict[str, Flow] = {
    "history": open_history,
    "compare": compare_with_kept,
    "options": choose_options,
    "analyse": run_for_times,
    "paste": paste,
    "open": open_file,
    "copy": copy,
    "migration": write_migration,
    "index": advise_index,
    "table": open_table,
    "try": try_out,
    "report": write_report,
    "export": ask_and_export,
}
"""By the names that the keys use."""
