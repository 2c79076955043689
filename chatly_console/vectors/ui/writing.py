"""What the row under the cursor means elsewhere: a question to ask, a statement to open, a migration to write."""

from __future__ import annotations

from chatly_console.core.quote import quote_literal
from chatly_console.core.text import safe_text
from chatly_console.vectors.advice import Trial, migration
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.hybrid import hybrid_sql
from chatly_console.vectors.lab import Settings
from chatly_console.vectors.question import Question
from chatly_console.vectors.statements import copyable_sql, search_sql
from chatly_console.vectors.ui.workbench import Workbench


def row_to_ask(pane: Workbench) -> str | None:
    """The question that means the row under the cursor: a hit, or one of the worst questions of the lab."""
    row = pane.shown.chosen_row
    if row is None:
        return None
    if pane.view == "recall" and pane.lab.shows_worst and pane.lab.worst_of is not None:
        name = pane.lab.worst_of.worst[row].question
        return name if pane.lab.own else f"={name}"
    if pane.view == "map" and row < len(pane.marked):
        return f"={pane.marked[row]}"
    if pane.view == "search" and row < len(pane.hits):
        return f"={pane.hits[row].key}"
    return None


def sql_of(pane: Workbench) -> str:
    """The statement behind what is shown; empty where there is none."""
    if pane.view == "health":
        row = pane.shown.chosen_row
        return pane.findings[row].fix if row is not None and row < len(pane.findings) else ""
    if pane.view == "index":
        found = migration_of(pane)
        return found[1] if found else ""
    if pane.column is None or pane.asked is None:
        return ""
    text = pane.question.value
    if pane.hybrid and Question.parse(text, pane.column.type).kind == "text":
        return hybrid_sql(pane.column, pane.k, pane.asked.vector, text.strip(), pane.settings)
    return copyable_sql(pane.column, pane.k, pane.asked.vector, pane.settings, like_row=pane.asked.without)


def plan_of(pane: Workbench) -> tuple[str, Settings] | None:
    """The search as it ran, with its settings: the last one, or in the lab one at the point under the cursor."""
    column, row = pane.column, pane.shown.chosen_row
    if column is None:
        return None
    if pane.view == "recall":
        return _plan_of_point(pane, column, row)
    if pane.asked is None:
        return None
    text, vector = pane.question.value.strip(), quote_literal(pane.asked.vector)
    if pane.hybrid and Question.parse(text, column.type).kind == "text":
        return hybrid_sql(column, pane.k, pane.asked.vector, text, ()), pane.settings
    return search_sql(column, pane.k + (pane.asked.without is not None), vector=vector), pane.settings


def _plan_of_point(pane: Workbench, column: VectorColumn, row: int | None) -> tuple[str, Settings] | None:
    lab = pane.lab
    if lab.curve is None or row is None or lab.own:
        return None
    point = lab.worst_of if lab.shows_worst else lab.curve.points[row] if row < len(lab.curve.points) else None
    if point is None or not point.worst:
        return None
    key = point.worst[row if lab.shows_worst else 0].question
    return copyable_sql(column, pane.k, "", (), like_row=key), point.settings


def migration_of(pane: Workbench) -> tuple[str, str, str] | None:
    """Name, up and down of what the row under the cursor proposes; None where it proposes nothing."""
    row = pane.shown.chosen_row
    if row is None or pane.column is None:
        return None
    if pane.view == "health" and row < len(pane.findings) and pane.findings[row].fix:
        found = pane.findings[row]
        return safe_text(f"{found.name} {found.object}").replace("_", " "), found.fix, found.undo
    trial = trial_under_cursor(pane) if pane.view == "index" else None
    if trial is None or pane.advice is None or trial.failure:
        return None
    return migration(pane.advice, trial, pane.column)


def trial_under_cursor(pane: Workbench) -> Trial | None:
    """The trial of an index under the cursor, or the one whose curve is on show."""
    row, trials = pane.shown.chosen_row, pane.advice.all_trials if pane.advice is not None else ()
    return pane.trial_shown or (trials[row] if row is not None and row < len(trials) else None)
