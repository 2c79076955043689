"""Keeps measured curves and the user's own questions in files that only the user can read."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from chatly_console.vectors.lab import Curve, Point
from chatly_console.vectors.plan import ServedBy
from chatly_console.vectors.recall import Distribution

_MOST_CURVES = 500
_MOST_QUESTIONS = 500


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a curve must be known with: two builds of the same index differ by about 0.01 in recall by chance.

    `build` is the file of the index, which changes with every rebuild.
    """

    when: str
    database: str
    column: str
    metric: str
    index: str
    build: str
    rows: int
    server: str
    extension: str
    identity: str
    filter: str = ""
    build_seconds: float | None = None

    @property
    def title(self) -> str:
        """The words for a list."""
        who = f" · as {self.identity}" if self.identity else ""
        where = f" · where {self.filter}" if self.filter else ""
        built = f" built in {self.build_seconds:.1f} s" if self.build_seconds is not None else ""
        return f"{self.when}  {self.index}{built}{who}{where}"


@dataclass(frozen=True, slots=True)
class SavedCurve:
    """A curve and its circumstances."""

    about: Circumstances
    curve: Curve


def read_curves(path: Path) -> list[SavedCurve]:
    """All saved curves, the newest first; lines that are damaged are left out."""
    found = []
    for line in kept_lines(path):
        try:
            found.append(_curve_of(json.loads(line)))
        except (ValueError, TypeError, KeyError):
            continue
    return found[::-1]


def save_curve(path: Path, saved: SavedCurve) -> None:
    """Add a curve; only the last few hundred are kept."""
    document = {
        "about": asdict(saved.about), "k": saved.curve.k, "wanted": saved.curve.wanted,
        "exact_ms": saved.curve.exact_ms,
        "points": [point_document(point) for point in saved.curve.points],
    }  # fmt: skip
    write_lines(path, [*kept_lines(path)[-_MOST_CURVES + 1 :], json.dumps(document, ensure_ascii=False)])


def _curve_of(document: dict[str, Any]) -> SavedCurve:
    points = tuple(point_from(point) for point in document["points"])
    about = circumstances_from(document["about"])
    return SavedCurve(about, Curve(document["k"], document["wanted"], points, True, document["exact_ms"]))


def circumstances_from(document: dict[str, Any]) -> Circumstances:
    """The circumstances as they were written, perhaps by another version of this program."""
    known = {field.name for field in fields(Circumstances)}
    return Circumstances(**{name: value for name, value in document.items() if name in known})


def point_document(point: Point) -> dict[str, Any]:
    """A point of a curve, to be written."""
    return {"settings": list(point.settings), "figures": asdict(point.figures), "node": asdict(point.node)}


def point_from(document: dict[str, Any]) -> Point:
    """A point of a curve as it was written."""
    settings = tuple((str(name), str(value)) for name, value in document["settings"])
    return Point(settings, Distribution(**document["figures"]), ServedBy(**document["node"]))


def read_questions(path: Path, profile: str) -> list[str]:
    """The questions that were kept for a profile, as they were typed."""
    found = []
    for line in kept_lines(path):
        with suppress(ValueError, TypeError, KeyError):
            entry = json.loads(line)
            if entry["profile"] == profile:
                found.append(str(entry["question"]))
    return found


def keep_question(path: Path, profile: str, question: str) -> bool:
    """Keep a question, or forget one that was kept already; returns whether it is kept now."""
    entry = json.dumps({"profile": profile, "question": question}, ensure_ascii=False)
    lines = kept_lines(path)
    known = entry in lines
    kept = [line for line in lines if line != entry] if known else [*lines[-_MOST_QUESTIONS + 1 :], entry]
    write_lines(path, kept)
    return not known


def kept_lines(path: Path) -> list[str]:
    """The lines of such a file; none where it is not there or cannot be read."""
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError):
        return []


def write_lines(path: Path, lines: Sequence[str]) -> None:
    """Write such a file anew, whole or not at all, for its user alone; where that is not possible, nothing is kept."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        fresh.replace(path)
