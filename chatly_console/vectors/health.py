"""What is wrong with a column of vectors, its indexes, and the extension: rules over what the server said."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from chatly_console.core.quote import quote_identifier
from chatly_console.resources import data_folder
from chatly_console.vectors.column import VectorColumn, VectorIndex

Level = Literal["ERROR", "WARN", "INFO", "OK"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it stands, the evidence, what mends it and undoes that."""

    name: str
    level: Level
    object: str
    detail: str
    fix: str = ""
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A known fault of the extension, and the version that mended it."""

    fixed: str
    level: Level
    words: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What a look at the column's values brought; `sampled` says that not all rows were looked at."""

    rows: int
    nulls: int
    zeros: int
    shortest: float | None = None
    longest: float | None = None
    sampled: bool = False
    lengths: int = 0
    """How many different numbers of dimensions there are, in a column that takes any."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What some of the rows are like together: repetitions, and rows far from the middle of all."""

    rows: int
    repeated: int
    far: int
    farthest: str
    distance: float
    usual: float


@cache
def known_faults() -> tuple[Fault, ...]:
    """The faults that database/extensions.toml lists for pgvector."""
    listed: dict[str, Any] = tomllib.loads((data_folder("database") / "extensions.toml").read_text("utf-8"))
    faults = listed.get("vector", {}).get("faults", ())
    return tuple(Fault(f["fixed"], f["level"], f["words"]) for f in faults)


def extension_findings(version: str, offered: str, faults: Sequence[Fault]) -> list[Finding]:
    """The faults that this version still has."""
    here = _numbers(version)
    found = [
        Finding("extension_fault", fault.level, f"vector {version}", f"{fault.words} (mended in {fault.fixed})",
                "alter extension vector update;")
        for fault in faults
        if here < _numbers(fault.fixed)
    ]  # fmt: skip
    words = f"offered here: {offered}" if offered and offered != version else "the newest that is offered here"
    return found or [Finding("extension", "OK", f"vector {version}", f"no known fault; {words}")]


def value_findings(column: VectorColumn, counts: Counts) -> list[Finding]:
    """What the values themselves say."""
    sampled = " of the rows looked at" if counts.sampled else ""
    found = []
    if counts.nulls:
        detail = f"{counts.nulls:,} of {counts.rows:,} rows have no vector{sampled}: no search finds them"
        found.append(Finding("null_vectors", "WARN", column.title, detail))
    if counts.zeros and column.metric.name == "cosine":
        detail = f"{counts.zeros:,} zero vectors{sampled}: they have no direction, and no cosine index holds them"
        found.append(Finding("zero_vectors", "WARN", column.title, detail))
    if counts.shortest is not None and counts.longest is not None:
        unit = math.isclose(counts.shortest, 1, abs_tol=1e-3) and math.isclose(counts.longest, 1, abs_tol=1e-3)
        spread = f"lengths from {counts.shortest:.3g} to {counts.longest:.3g}"
        risky = column.metric.name == "inner product" and not unit
        detail = f"all of length 1{sampled}" if unit else spread
        if risky:
            detail += ": by inner product the longest vectors win, whatever they say"
        found.append(Finding("vector_lengths", "WARN" if risky else "OK", column.title, detail))
    if column.dimensions is None:
        detail = "the column takes vectors of any length: an index needs one length"
        if counts.lengths > 1:
            detail += f"; there are {counts.lengths} different ones{sampled}, which cannot be compared"
        found.append(Finding("no_dimensions", "WARN", column.title, detail))
    return found


def shape_findings(column: VectorColumn, shape: Shape) -> list[Finding]:
    """What the rows say together."""
    found = []
    if shape.repeated:
        detail = f"{shape.repeated:,} of {shape.rows:,} rows repeat the vector of another: they take places among the k"
        found.append(
            Finding("duplicate_vectors", "WARN" if shape.repeated * 20 > shape.rows else "INFO", column.title, detail)
        )
    if shape.far:
        detail = (
            f"{shape.far:,} of {shape.rows:,} rows lie more than 4 standard deviations from the middle of all; the "
            f"farthest is {shape.farthest}, at {shape.distance:.3g} where {shape.usual:.3g} is usual"
        )
        found.append(Finding("outliers", "INFO", column.title, detail))
    return found


def staleness_findings(column: VectorColumn, changes: Mapping[str, Any] | None) -> list[Finding]:
    """How much was written since the lists of an IVFFlat index may have been made; the server does not tell when."""
    stale = [index for index in column.indexes if index.method == "ivfflat" and index.valid]
    if changes is None or not stale:
        return []
    written = int(changes["inserted"] or 0) + int(changes["updated"] or 0)
    share = written / max(1, int(changes["live"] or 0))
    if share < 0.5:
        return []
    since = f" since {changes['since']}" if changes["since"] else ""
    detail = (
        f"{written:,} rows were written{since}, {share:.0%} of the table; the centres of the lists are those of the "
        "build. Measure the recall, rebuild if it has fallen, and measure again"
    )
    name = f"{quote_identifier(column.schema)}.{quote_identifier(stale[0].name)}"
    fix = f"reindex index concurrently {name};"
    return [Finding("ivfflat_stale", "INFO", stale[0].name, detail, fix)]


def usage_findings(column: VectorColumn, statements: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Whether the searches that ran are as quick as an index makes them."""
    slow = [s for s in statements if float(s["milliseconds"]) >= 50 and int(s["calls"]) >= 5]
    return [
        Finding("slow_searches", "WARN", " ".join(str(s["query"]).split())[:120],
                f"{float(s['milliseconds']):.0f} ms on average, {int(s['calls']):,} calls: its plan tells why")
        for s in slow[:5]
    ]  # fmt: skip


def index_findings(column: VectorColumn, scans: Mapping[str, int]) -> list[Finding]:
    """What the indexes say."""
    found = [finding for index in column.indexes for finding in _of_index(column, index, scans)]
    if not column.indexes:
        exact = column.rows <= 10_000
        detail = f"no index: every search reads all {column.rows:,} rows" + (
            "; with so few that is quick, and exact" if exact else ""
        )
        found.append(Finding("no_index", "INFO" if exact else "WARN", column.title, detail))
    return found


def left_findings(column: VectorColumn, names: Sequence[str]) -> list[Finding]:
    """Scratch indexes that a console that died has left on the table."""
    return [
        Finding("scratch_index", "ERROR", name, "left by a trial that was cut off: each write keeps it up",
                f"drop index concurrently {quote_identifier(column.schema)}.{quote_identifier(name)};")
        for name in names
    ]  # fmt: skip


def _of_index(column: VectorColumn, index: VectorIndex, scans: Mapping[str, int]) -> list[Finding]:
    name = f"{quote_identifier(column.schema)}.{quote_identifier(index.name)}"
    if not index.valid:
        detail = "invalid: a concurrent build was cancelled or failed; it is kept up and serves nobody"
        undo = f"{index.definition.replace('CREATE INDEX', 'create index concurrently', 1)};"
        return [Finding("invalid_index", "ERROR", index.name, detail, f"drop index concurrently {name};", undo)]
    found = []
    lists = int(index.options.get("lists", "100"))
    wanted = max(1, round(math.sqrt(column.rows)))
    if index.method == "ivfflat" and column.rows and not 0.25 <= lists / wanted <= 4:
        detail = f"{lists:,} lists for {column.rows:,} rows; about {wanted:,} (their square root) is where to look"
        fix, undo = (
            f"alter index {name} set (lists = {number});\nreindex index concurrently {name};"
            for number in (wanted, lists)
        )
        found.append(Finding("ivfflat_lists", "WARN", index.name, detail, fix, undo))
    used = scans.get(index.name)
    size = f"{index.describe()} · {index.size / 1_048_576:.1f} MB"
    if used == 0:
        found.append(
            Finding("index_unused", "INFO", index.name, f"{size} · no search has used it since the statistics began")
        )
    if index.form is None:
        found.append(Finding("index_expression", "INFO", index.name, f"over an expression: {index.definition}"))
    return found or [Finding("index", "OK", index.name, f"valid · {size}" + (f" · {used:,} scans" if used else ""))]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
