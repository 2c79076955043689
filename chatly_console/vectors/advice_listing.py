"""What the trials of indexes look like as rows."""

from dataclasses import replace

from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column, Row
from chatly_console.vectors.advice import Advice, Trial
from chatly_console.vectors.curve_listing import share
from chatly_console.vectors.lab import GOOD_RECALL
from chatly_console.vectors.saved_trials import SavedAdvice

_NUMBER = 701
_NONE = "–"


def advice_rows(advice: Advice, target: float = GOOD_RECALL) -> ListedRows:
    """One row a trial, in the order in which they were made; the winner is marked."""
    budget = advice.budget(target)
    in_time = "in time" if budget is None else f"in {budget:.2g} ms"
    names = ("index", "recall", "p50 ms", in_time, "MB", "build s", "setting", "remark")
    columns = [Column(n) if n in ("index", "setting", "remark") else Column(n, _NUMBER, "float8") for n in names]
    winner = advice.winner(target)
    return ListedRows(columns, [_row(advice, trial, trial is winner, target) for trial in advice.all_trials])


def _row(advice: Advice, trial: Trial, wins: bool, target: float) -> Row:
    place = "" if trial.rows is None else "  on the table"
    name = f"{'★' if wins else ' '} {trial.candidate.words}{place}"
    if trial.failure:
        return (name, _NONE, _NONE, _NONE, _NONE, _NONE, _NONE, f"✗ {trial.failure}")
    point = trial.best(advice.k, target)
    remarks = ["as it is now"] if trial.candidate.current else []
    if point is None:
        told = [p for p in trial.points if p.figures.recall is not None and p.node.approximate]
        point = max(told, key=lambda p: p.figures.recall or 0.0, default=None)
        remarks.append(f"never finds {target:.2f}")
    remarks += [trial.remark] if trial.remark else []
    found = (_NONE, _NONE) if point is None else (share(point.figures.recall), f"{point.figures.p50_ms:.2f}")
    budget = advice.budget(target)
    in_time = _NONE if budget is None else share(trial.recall_within(budget))
    return (
        name, *found, in_time, f"{trial.size / 1_048_576:.1f}", f"{trial.build_seconds:.1f}",
        _NONE if point is None else point.name, " · ".join(remarks) or _NONE,
    )  # fmt: skip


def compared_trials(advice: Advice, other: SavedAdvice, target: float = GOOD_RECALL) -> ListedRows:
    """Each trial beside the saved one of the same index."""
    names = ("index", "recall", "was", "p50 ms", "was", "in time", "was", "MB", "was", "build s", "was", "setting")
    columns = [Column(n) if n in ("index", "setting") else Column(n, _NUMBER, "float8") for n in names]
    winner, then = advice.winner(target), replace(other.advice, within=advice.budget(target))
    rows: list[Row] = []
    for trial in advice.all_trials:
        now, old = _row(advice, trial, trial is winner, target), other.like(trial)
        was = _row(then, old, wins=False, target=target) if old is not None else (_NONE,) * 8
        pairs = [cell for place in range(1, 6) for cell in (now[place], was[place])]
        rows.append((now[0], *pairs, now[6]))
    return ListedRows(columns, rows)


def trials_against(advice: Advice, other: SavedAdvice, target: float = GOOD_RECALL) -> str:
    """How the best index of now compares with what it was then."""
    best = advice.winner(target)
    old = other.like(best) if best is not None else None
    now, was = (None if t is None else t.best(advice.k, target) for t in (best, old))
    if best is None or now is None or was is None:
        return f"against {other.about.when}: the best index of now had no good setting then, or was not tried."
    change = (now.figures.recall or 0.0) - (was.figures.recall or 0.0)
    speed = now.figures.p50_ms / max(was.figures.p50_ms, 1e-9)
    return f"against {other.about.when}: {best.candidate.words} recall {change:+.3f}, time x{speed:.2f}"


def trial_words(advice: Advice, trial: Trial, target: float = GOOD_RECALL) -> str:
    """What one trial has come to."""
    point, rows = trial.best(advice.k, target), advice.rows if trial.rows is None else trial.rows
    size = f"{trial.size / 1_048_576:.1f} MB, built in {trial.build_seconds:.1f} s on {rows:,} rows"
    if trial.failure or point is None:
        return f"{trial.candidate.words}: {trial.failure or f'no setting finds {target:.2f} of the true rows'}; {size}."
    return (
        f"{trial.candidate.words} with {point.name}: recall {point.figures.recall:.3f} at "
        f"{point.figures.p50_ms:.2f} ms; {size}."
    )


def advice_words(advice: Advice) -> str:
    """What was copied and how it was measured, and what is being done."""
    on = f"all {advice.rows:,} rows" if advice.whole else f"{advice.rows:,} rows by chance"
    exact = "" if advice.exact_ms is None else f" · exact {advice.exact_ms:.1f} ms"
    doing = f" · {advice.doing}" if advice.doing else " · done, and rolled back"
    return f"on a copy of {on}, read as the login{exact} · maintenance_work_mem {advice.memory}{doing}"
