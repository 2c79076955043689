"""Asks for what the Vectors pane can be told: the column, how many rows, labels, settings, a saved curve."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from textual.app import App

from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import AskText
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.lab import parse_sweep
from chatly_console.vectors.operators import parse_settings
from chatly_console.vectors.saved import SavedCurve, keep_question
from chatly_console.vectors.ui.work_recall import saved_curves, show_curve
from chatly_console.vectors.ui.workbench import Changed, Workbench


async def choose_column(app: App[Any], columns: Sequence[VectorColumn]) -> VectorColumn | None:
    """One of the columns, with the metric and the form that its indexes answer."""

    def aside(column: VectorColumn) -> str:
        form = "" if column.form == "plain" else f" on {column.form}"
        return f"{column.metric.name}{form} · {column.index.describe() if column.index else 'no index'}"

    choices = [Choice(f"{c.title}  {c.type_words}", c, aside(c)) for c in columns]
    return await app.push_screen_wait(Choose("Column of vectors", choices))


async def choose_labels(pane: Workbench) -> None:
    """Other columns of the table beside each row."""
    column = pane.column
    if column is None:
        return

    def check(text: str) -> str:
        unknown = [name for name in text.split(",") if name.strip() and name.strip() not in column.others]
        return f"There is no column {unknown[0].strip()}." if unknown else ""

    detail = f"Of {', '.join(column.others)}, with commas between them."
    text = await pane.app.push_screen_wait(
        AskText("Columns beside each row", detail, initial=", ".join(column.labels), check=check)
    )
    if text is not None:
        pane.column = column.labelled([name.strip() for name in text.split(",")])
        if pane.asked is not None and pane.view == "search":
            pane.post_message(Changed())


async def choose_k(pane: Workbench) -> None:
    """How many rows are asked for, from 1 to 1,000."""

    def check(text: str) -> str:
        fits = text.strip().isdigit() and 1 <= int(text) <= 1000
        return "" if fits else "A whole number from 1 to 1,000."

    text = await pane.app.push_screen_wait(AskText("How many rows?", initial=str(pane.k), check=check))
    if text is not None:
        pane.k = int(text)
        pane.show_header()


async def choose_settings(pane: Workbench) -> None:
    """The settings of the index for the searches."""
    index = None if pane.column is None else pane.column.index
    if index is None:
        pane.tell("No index serves this column, so there is nothing to set.")
        return
    method = index.method

    def check(text: str) -> str:
        try:
            parse_settings(text, method)
        except ValueError as error:
            return str(error)
        return ""

    example = "probes=10 iterative_scan=relaxed_order" if method == "ivfflat" else "ef_search=100"
    initial = " ".join(f"{name.partition('.')[2]}={value}" for name, value in pane.settings)
    detail = f"For the searches here only (SET LOCAL), such as {example}. Empty: as the server has it."
    text = await pane.app.push_screen_wait(AskText(f"Settings of {method}", detail, initial=initial, check=check))
    if text is not None:
        pane.settings = parse_settings(text, method)
        pane.show_header()
        if pane.asked is not None:
            pane.post_message(Changed())


async def choose_sweep(pane: Workbench) -> None:
    """Which settings the lab tries."""
    index = None if pane.column is None else pane.column.index
    if index is None:
        pane.tell("No index serves this column, so there is nothing to try.")
        return
    method = index.method

    def check(text: str) -> str:
        try:
            parse_sweep(text, method) if text.strip() else None
        except ValueError as error:
            return str(error)
        return ""

    name = "probes=1,4,10,32" if method == "ivfflat" else "ef_search=20,40,100,400"
    detail = f"Such as {name} iterative_scan=off,relaxed_order; a semicolon begins another. Empty: the usual ones."
    text = await pane.app.push_screen_wait(AskText(f"Settings of {method} to try", detail, check=check))
    if text is not None:
        pane.lab.sweep = parse_sweep(text, method) if text.strip() else ()
        pane.post_message(Changed())


async def choose_curve(pane: Workbench) -> None:
    """A saved curve to lay beside the measured one, or none."""
    if pane.column is None or pane.lab.curve is None:
        pane.tell("Measure first: f5.")
        return
    saved = await saved_curves(pane, pane.column)
    if not saved:
        pane.tell("No other curve of this column is saved yet; each one that ends is.")
        return
    choices: list[Choice[SavedCurve | str]] = [Choice("none", "none")]
    choices += [Choice(s.about.title, s, f"{s.about.rows:,} rows · pgvector {s.about.extension}") for s in saved]
    chosen = await pane.app.push_screen_wait(Choose("Compare with", choices))
    if chosen is not None:
        pane.lab.other = None if isinstance(chosen, str) else chosen
        show_curve(pane)


async def keep_this_question(pane: Workbench) -> None:
    """Keep the question for the lab, or forget it where it was kept."""
    text = pane.question.value.strip()
    if not text:
        pane.tell("Write a question first.")
        return
    kept = await asyncio.to_thread(keep_question, pane.questions_file, pane.session.profile.name, text)
    pane.tell("The question is kept for the recall lab (q there)." if kept else "The question is forgotten.")
