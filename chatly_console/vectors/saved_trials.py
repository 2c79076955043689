"""Keeps what trials of indexes have brought, beside the curves of the recall lab, to compare later ones with."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chatly_console.vectors.advice import Advice, Trial
from chatly_console.vectors.candidates import Candidate
from chatly_console.vectors.saved import (
    Circumstances,
    circumstances_from,
    kept_lines,
    point_document,
    point_from,
    write_lines,
)

_MOST = 200


@dataclass(frozen=True, slots=True)
class SavedAdvice:
    """Trials and their circumstances."""

    about: Circumstances
    advice: Advice

    def like(self, trial: Trial) -> Trial | None:
        """The saved trial of the same index, on the copy or on the table as that one was."""
        trials = self.advice.trials if trial.rows is None else self.advice.on_table
        return next((one for one in trials if one.candidate.words == trial.candidate.words), None)


def read_trials(path: Path) -> list[SavedAdvice]:
    """All saved trials, the newest first; lines that are damaged are left out."""
    found = []
    for line in kept_lines(path):
        try:
            document = json.loads(line)
            found.append(SavedAdvice(circumstances_from(document["about"]), _advice_from(document)))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return found[::-1]


def save_trials(path: Path, saved: SavedAdvice) -> None:
    """Add trials; only the last few hundred are kept."""
    advice = saved.advice
    document = {
        "about": asdict(saved.about), "rows": advice.rows, "whole": advice.whole, "k": advice.k,
        "memory": advice.memory, "exact_ms": advice.exact_ms, "trials": [_document(one) for one in advice.trials],
        "on_table": [_document(one) for one in advice.on_table],
    }  # fmt: skip
    write_lines(path, [*kept_lines(path)[-_MOST + 1 :], json.dumps(document, ensure_ascii=False)])


def _document(trial: Trial) -> dict[str, Any]:
    return asdict(trial) | {"points": [point_document(point) for point in trial.points]}


def _advice_from(document: dict[str, Any]) -> Advice:
    return Advice(
        document["rows"], document["whole"], document["k"], document["memory"], document["exact_ms"],
        tuple(map(_trial_from, document["trials"])), on_table=tuple(map(_trial_from, document["on_table"])),
    )  # fmt: skip


def _trial_from(document: dict[str, Any]) -> Trial:
    given = dict(document["candidate"])
    options = tuple((str(name), int(value)) for name, value in given.pop("options"))
    points = tuple(point_from(point) for point in document["points"])
    return Trial(**(document | {"candidate": Candidate(**given, options=options), "points": points}))
