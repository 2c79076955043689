"""What the Vectors pane does in each of its views: ask, show what comes, and keep what is there when cancelled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from chatly_console.vectors.asking import Asked, ask
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.health_service import examine
from chatly_console.vectors.lab import Curve, conclude, sweep_of
from chatly_console.vectors.listing import (
    curve_rows,
    finding_rows,
    is_short,
    people_rows,
    people_words,
    search_rows,
    search_words,
)
from chatly_console.vectors.measuring import measure
from chatly_console.vectors.operators import settings_words
from chatly_console.vectors.question import Question
from chatly_console.vectors.service import search
from chatly_console.vectors.tenants import AsOne, across, people
from chatly_console.vectors.ui.views import RecallView, View

if TYPE_CHECKING:
    from chatly_console.vectors.ui.pane import VectorsPane

QUESTIONS = 100
"""Rows of the table that serve as questions: enough for a standard error of one or two points."""


async def ask_question(pane: VectorsPane, column: VectorColumn, view: View) -> Asked | None:
    """The vector of what is written in the question, or None where nothing is."""
    text = pane.question.value
    if not text.strip():
        view.show_empty()
        return None
    view.show_loading("making the question's vector")
    pane.asked = await ask(pane.database, column, Question.parse(text, column.type), pane.identity, pane.provider)
    return pane.asked


async def search_rows_of(pane: VectorsPane, column: VectorColumn) -> None:
    """The Search view: what the index finds, and then what it missed."""
    view = pane.query_one("#search", View)
    asked = await ask_question(pane, column, view)
    if asked is None:
        return
    database, identity = pane.database, pane.identity
    found = await search(database, column, asked.vector, pane.k, identity, settings=pane.settings,
                         without=asked.without)  # fmt: skip
    rows, pane.hits = search_rows(found, None, column)
    view.show_rows(rows)
    view.say(search_words(found, None, asked.provider), bad=is_short(found, None))
    if not found.hits:
        view.show_empty("No row with a vector can be seen.", f"The search ran as {identity.describe() or 'the login'}.")
    if pane.question.has_focus and found.hits:
        view.grid.focus()
    exact = await search(database, column, asked.vector, pane.k, identity, without=asked.without, exact=True)
    rows, pane.hits = search_rows(found, exact, column)
    if rows.count:
        view.show_rows(rows)
    short = is_short(found, exact)
    view.say(search_words(found, exact, asked.provider), bad=short)
    warning = (
        f"✗ {len(found.hits)} of {len(exact.hits)} rows: the index is filtered after the search. " if short else ""
    )
    warning += f"▲ {asked.doubt}" if asked.doubt else ""
    view.conclude(warning, bad=True)


async def measure_recall(pane: VectorsPane, column: VectorColumn) -> None:
    """The Recall view: the curve point by point."""
    view = pane.query_one(RecallView)
    view.show_loading("taking rows of the table as questions, and their true neighbours")
    view.conclude("")
    pane.curve = None
    catalogue = pane.catalogue
    sweep = sweep_of(column, scans_on=catalogue is not None and catalogue.scans_on)
    try:
        async for curve in measure(pane.database, column, sweep, k=pane.k, questions=QUESTIONS, identity=pane.identity):
            pane.curve = curve
            show_curve(pane, view, curve)
    except asyncio.CancelledError:
        if pane.curve is not None:
            show_curve(pane, view, pane.curve, "cancelled")
            pane.tell("Cancelled; what was measured stays.")
        else:
            view.show_empty("Cancelled before the first point.")
        raise
    if pane.curve is None or not pane.curve.points:
        view.show_empty("No row with a vector can be seen.", f"Measured as {pane.identity.describe() or 'the login'}.")
        return
    if pane.question.has_focus:
        view.grid.focus()
    conclusion = conclude(pane.curve, column)
    caveat = " (Rows lie nearer to each other than people's questions lie to them: ask your own in Search.)"
    view.conclude(f"⇒ {conclusion.sentence}{caveat}", bad=conclusion.point is None)


def show_curve(pane: VectorsPane, view: RecallView, curve: Curve, state: str = "") -> None:
    """The points so far, and how far the measurement is."""
    view.show_curve(curve, curve_rows(curve))
    asked = max((p.figures.questions for p in curve.points), default=0)
    exact = "" if curve.exact_ms is None else f" · exact {curve.exact_ms:.1f} ms"
    state = state or ("done" if curve.done else "measuring, ctrl+g stops")
    view.say(f"{asked} of {curve.wanted} questions, rows of the table without themselves{exact} · {state}")


async def compare_people(pane: VectorsPane, column: VectorColumn) -> None:
    """The Tenants view: the question as several people, one after the other."""
    view = pane.query_one("#tenants", View)
    asked = await ask_question(pane, column, view)
    if asked is None:
        return
    view.show_loading("searching as several people")
    view.conclude("")
    scans_on = pane.catalogue is not None and pane.catalogue.scans_on
    identities = await people(pane.database, pane.identity)
    done: list[AsOne] = []
    async for one in across(pane.database, column, asked.vector, pane.k, identities,
                            settings=pane.settings, scans_on=scans_on):  # fmt: skip
        done.append(one)
        view.show_rows(people_rows(done, pane.k))
        view.say(f"{len(done)} of {len(identities)} asked · {settings_words(pane.settings)} · {asked.provider}")
    view.conclude(people_words(done), bad=any(one.is_short for one in done))
    if pane.question.has_focus:
        view.grid.focus()


async def examine_column(pane: VectorsPane, column: VectorColumn) -> None:
    """The Health view: the column, its indexes, the extension."""
    view = pane.query_one("#health", View)
    view.show_loading(f"examining {column.title}")
    assert pane.catalogue is not None
    findings = await examine(pane.database, pane.catalogue, column)
    view.show_rows(finding_rows(findings))
    bad = sum(finding.level in ("ERROR", "WARN") for finding in findings)
    view.say(f"{bad} to mend" if bad else "Nothing to mend.", bad=bool(bad))
