"""What the pane and the command line show as rows: hits beside the truth, points of a curve, people, findings."""

from collections.abc import Sequence

from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column, Row
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.health import Finding
from chatly_console.vectors.lab import Curve
from chatly_console.vectors.recall import missed
from chatly_console.vectors.service import Found, Hit
from chatly_console.vectors.tenants import AsOne

_NUMBER = 701
MISSED = "✗ missed"
_NONE = "–"


def _number(name: str) -> Column:
    return Column(name, _NUMBER, "double precision")


def search_rows(found: Found, exact: Found | None, column: VectorColumn) -> tuple[ListedRows, list[Hit]]:
    """The hits in order, and between them those that the index missed; with them the hit of each row."""
    places = {hit.key: place for place, hit in enumerate(found.hits, 1)}
    true_places = {} if exact is None else {hit.key: place for place, hit in enumerate(exact.hits, 1)}
    lost = [] if exact is None else [hit for hit in exact.hits if hit.key not in places]
    hits = sorted((*found.hits, *lost), key=lambda hit: (hit.distance, true_places.get(hit.key, 0)))
    columns = [Column("#"), *([Column("exact")] if exact else []), _number("distance"), _number("similarity")]
    names = [*([column.snippet] if column.snippet else []), *([column.tenant] if column.tenant else []), "key"]
    rows: list[Row] = []
    for hit in hits:
        place = places.get(hit.key)
        cells: list[str | None] = [MISSED if place is None else str(place)]
        if exact is not None:
            cells.append(str(true_places.get(hit.key, _NONE)))
        cells += [f"{hit.distance:.4f}", _NONE if hit.similarity is None else f"{hit.similarity:.4f}"]
        cells += [hit.snippet] if column.snippet else []
        cells += [hit.tenant] if column.tenant else []
        rows.append((*cells, hit.key))
    return ListedRows([*columns, *(Column(name) for name in names)], rows), hits


def search_words(found: Found, exact: Found | None, provider: str) -> str:
    """One line about a search: rows of k, time, what served it, what it missed, what nearness means."""
    words = [f"{len(found.hits)} of {found.k} rows"]
    if exact is not None:
        true, got = [hit.neighbour for hit in exact.hits], [hit.neighbour for hit in found.hits]
        lost = len(missed(true, got))
        words.append(f"✗ {lost} of {len(true)} missed" if lost else f"all {len(true)} right")
    exact_words = "" if exact is None else f" (exact {exact.milliseconds:.1f} ms)"
    return " · ".join([*words, f"{found.milliseconds:.1f} ms{exact_words}", found.node.words, provider])


def is_short(found: Found, exact: Found | None) -> bool:
    """Whether fewer rows came than there are: the index was filtered after the search."""
    return len(found.hits) < (len(exact.hits) if exact is not None else found.k)


def curve_rows(curve: Curve) -> ListedRows:
    """The points of a curve in the order of the sweep."""
    names = ("setting", "rows", "recall", "p50 ms", "served by", "worst", "p95 ms", "short", "questions")
    columns = [_number(name) if name not in ("setting", "served by") else Column(name) for name in names]
    rows: list[Row] = []
    for point in curve.points:
        f = point.figures
        short = f" {'✗' if f.short else ''}".rstrip()
        rows.append((
            point.name, f"{f.rows:.1f}{short}", share(f.recall), f"{f.p50_ms:.2f}", point.node.short,
            share(f.recall_min), f"{f.p95_ms:.2f}", str(f.short), str(f.questions),
        ))  # fmt: skip
    return ListedRows(columns, rows)


def people_rows(people: Sequence[AsOne], k: int) -> ListedRows:
    """One row for each identity: what it gets, what is right, and the same with the index scanning on."""
    names = ("as", "sees", f"rows of {k}", "recall", "ms", "exact ms", "iterative: rows", "recall", "served by")
    columns = [Column(name) if name in ("as", "served by") else _number(name) for name in names]
    rows: list[Row] = []
    for one in people:
        if one.failure is not None:
            rows.append((one.who, *[_NONE] * 7, f"✗ {one.failure.sentence}"))
            continue
        rows.append((
            one.who, "?" if one.visible is None else f"{one.visible:,}",
            f"{one.rows}{' ✗' if one.is_short else ''}", share(one.recall), f"{one.milliseconds:.1f}",
            f"{one.exact_ms:.1f}", _NONE if one.cured_rows is None else str(one.cured_rows),
            _NONE if one.cured_rows is None else share(one.cured_recall), one.node.short if one.node else _NONE,
        ))  # fmt: skip
    return ListedRows(columns, rows)


def people_words(people: Sequence[AsOne]) -> str:
    """What the table says in a sentence or two."""
    done = [one for one in people if one.failure is None and one.truth]
    short = [one for one in done if one.is_short]
    if not done:
        return "Nobody here sees a row with a vector."
    if not short:
        return f"All {len(done)} who see rows get all there are to get."
    words = f"✗ {len(short)} of {len(done)} get fewer rows than there are: the index is filtered after the search."
    cured = [one for one in short if one.cured_rows is not None and one.cured_recall is not None]
    if cured:
        recalls = [one.cured_recall for one in cured if one.cured_recall is not None]
        full = sum(one.cured_rows == one.truth for one in cured)
        words += (
            f" Iterative scan gives {full} of them all rows, of which {sum(recalls) / len(recalls):.0%} are right: "
            "it cures the count, not the recall."
        )
    return words + " How many rows are missing tells of other tenants' rows near the question."


def finding_rows(findings: Sequence[Finding]) -> ListedRows:
    """The findings, the worst first."""
    marks = {"ERROR": "✗", "WARN": "▲", "INFO": "·", "OK": "✓"}
    rows: list[Row] = [(f"{marks[f.level]} {f.level}", f.object, f.detail, f.fix or _NONE, f.name) for f in findings]
    return ListedRows(["level", "object", "what was found", "fix", "rule"], rows)


def share(value: float | None) -> str:
    """A recall as a figure; `–` where there is nothing to find."""
    return _NONE if value is None else f"{value:.3f}"
