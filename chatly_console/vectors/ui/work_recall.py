"""What the Recall view does: measure point by point, keep what there is when cancelled, save and compare curves."""

from __future__ import annotations

import asyncio
from datetime import datetime

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.vectors.asking import ask
from chatly_console.vectors.circumstances import circumstances_of
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.curve_listing import (
    compared_rows,
    comparison_words,
    curve_rows,
    distribution_words,
    worst_rows,
)
from chatly_console.vectors.lab import Curve, conclude, sweep_of
from chatly_console.vectors.measuring import Sampled, measure
from chatly_console.vectors.question import Question
from chatly_console.vectors.saved import SavedCurve, read_curves, read_questions, save_curve
from chatly_console.vectors.ui.recall_view import RecallView
from chatly_console.vectors.ui.workbench import Workbench

QUESTIONS = 100
"""Rows of the table that serve as questions: enough for a standard error of one or two points."""
_CAVEAT = " (Rows of the table are easy questions; q measures with your own.)"


async def measure_recall(pane: Workbench, column: VectorColumn) -> None:
    """The Recall view: the curve point by point."""
    view = pane.query_one(RecallView)
    view.show_loading("taking questions, and their true neighbours")
    view.conclude("")
    lab = pane.lab
    lab.curve, lab.shows_worst = None, False
    scans_on = pane.catalogue is not None and pane.catalogue.scans_on
    sweep = lab.sweep or sweep_of(column, pane.k, scans_on=scans_on)
    try:
        own = await _own_questions(pane, column) if lab.own else ()
        async for curve in measure(pane.database, column, sweep, k=pane.k, questions=QUESTIONS,
                                   identity=pane.identity, own=own):  # fmt: skip
            lab.curve = curve
            show_curve(pane)
    except asyncio.CancelledError:
        if lab.curve is not None:
            show_curve(pane, "cancelled")
            pane.tell("Cancelled; what was measured stays.")
        else:
            view.show_empty("Cancelled before the first point.")
        raise
    if lab.curve is None or not lab.curve.points:
        view.show_empty("No row with a vector can be seen.", f"Measured as {pane.identity.describe() or 'the login'}.")
        return
    pane.leave_question()
    show_curve(pane)
    await _save(pane, column, lab.curve)


async def _own_questions(pane: Workbench, column: VectorColumn) -> list[Sampled]:
    """The kept questions as vectors; those that do not fit this column are told and left out."""
    texts = await asyncio.to_thread(read_questions, pane.questions_file, pane.session.profile.name)
    if not texts:
        raise Failure(
            "No question is kept yet.",
            FailureKind.USAGE,
            hint="a keeps the question of a search; q measures with rows.",
        )
    own, left = [], 0
    for text in texts:
        try:
            asked = await ask(pane.database, column, Question.parse(text, column.type), pane.identity, pane.provider)
        except Failure as failure:
            if failure.kind is not FailureKind.USAGE:
                raise
            left += 1
        else:
            own.append(Sampled(text, asked.vector, asked.without))
    if not own:
        raise Failure("None of the kept questions fits this column.", FailureKind.USAGE)
    if left:
        pane.tell(f"{left} of {len(texts)} kept questions do not fit this column and were left out.")
    return own


def show_curve(pane: Workbench, state: str = "") -> None:
    """The points so far, and how far the measurement is; or the worst questions at the chosen point."""
    view, lab, column = pane.query_one(RecallView), pane.lab, pane.column
    curve = lab.curve
    if curve is None or column is None:
        return
    asked = max((p.figures.questions for p in curve.points), default=0)
    exact = "" if curve.exact_ms is None else f" · exact {curve.exact_ms:.1f} ms"
    state = state or ("done" if curve.done else "measuring, ctrl+g stops")
    kind = "kept questions" if lab.own else "questions, rows of the table without themselves"
    against = f" · against {lab.other.about.title}" if lab.other else ""
    view.compare(lab.other.curve if lab.other else None)
    if lab.shows_worst and lab.worst_of is not None:
        view.show_rows(worst_rows(lab.worst_of))
        view.say(f"the worst questions at {lab.worst_of.name} · m searches by one · d back to the points")
        view.conclude(distribution_words(lab.worst_of))
        return
    rows = curve_rows(curve) if lab.other is None else compared_rows(curve, lab.other.curve)
    view.show_curve(curve, rows)
    view.say(f"{asked} of {curve.wanted} {kind}{exact} · {state}{against}")
    if curve.done:
        conclusion = conclude(curve, column)
        more = f"\n{comparison_words(curve, lab.other)}" if lab.other else "" if lab.own else _CAVEAT
        view.conclude(f"⇒ {conclusion.sentence}{more}", bad=conclusion.point is None)


def toggle_worst(pane: Workbench) -> None:
    """The worst questions of the point under the cursor, and back."""
    lab, row = pane.lab, pane.shown.chosen_row
    if lab.curve is None or (not lab.shows_worst and (row is None or row >= len(lab.curve.points))):
        pane.tell("Measure first: f5.")
        return
    lab.shows_worst = not lab.shows_worst
    if lab.shows_worst and row is not None:
        lab.worst_of = lab.curve.points[row]
    show_curve(pane)


async def _save(pane: Workbench, column: VectorColumn, curve: Curve) -> None:
    about = await circumstances_of(pane.database, column, pane.identity, datetime.now())
    pane.lab.about = about
    await asyncio.to_thread(save_curve, pane.curves_file, SavedCurve(about, curve))


async def saved_curves(pane: Workbench, column: VectorColumn) -> list[SavedCurve]:
    """The saved curves of this column of this database, the one on show left out."""
    saved = await asyncio.to_thread(read_curves, pane.curves_file)
    here = pane.database.facts.database
    return [
        s for s in saved if (s.about.database, s.about.column) == (here, column.title) and s.about != pane.lab.about
    ]
