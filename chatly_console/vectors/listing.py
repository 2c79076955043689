"""What the pane and the command line show as rows: hits beside the truth, points of a curve, people, findings."""

import math
from collections.abc import Mapping, Sequence

from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column, Row
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.cures import Cure, best_cure
from chatly_console.vectors.curve_listing import share
from chatly_console.vectors.health import Finding
from chatly_console.vectors.hybrid import HybridFound
from chatly_console.vectors.recall import missed
from chatly_console.vectors.service import Found, Hit
from chatly_console.vectors.tenants import AsOne

_NUMBER = 701
MISSED = "✗ missed"
_NONE = "–"

Names = Mapping[str, str]
"""What tenants are called, by the value that stands in their rows."""
NO_NAMES: Names = {}


def _number(name: str) -> Column:
    return Column(name, _NUMBER, "double precision")


def search_rows(
    found: Found, exact: Found | None, column: VectorColumn, names: Names = NO_NAMES
) -> tuple[ListedRows, list[Hit]]:
    """The hits in order, and between them those that the index missed; with them the hit of each row."""
    places = {hit.key: place for place, hit in enumerate(found.hits, 1)}
    true_places = {} if exact is None else {hit.key: place for place, hit in enumerate(exact.hits, 1)}
    lost = [] if exact is None else [hit for hit in exact.hits if hit.key not in places]
    hits = sorted((*found.hits, *lost), key=lambda hit: (hit.distance, true_places.get(hit.key, 0)))
    columns = [Column("#"), *([Column("exact")] if exact else []), _number("distance"), _number("similarity")]
    rows: list[Row] = []
    for hit in hits:
        place = places.get(hit.key)
        cells: list[str | None] = [MISSED if place is None else str(place)]
        if exact is not None:
            cells.append(str(true_places.get(hit.key, _NONE)))
        rows.append((*cells, *_distance(hit), *_described(hit, column, names)))
    return ListedRows([*columns, *_describing(column)], rows), hits


def hybrid_rows(found: HybridFound, column: VectorColumn, names: Names = NO_NAMES) -> tuple[ListedRows, list[Hit]]:
    """The fused rows with the place of each in both legs; with them the hit of each row."""
    columns = [Column("#"), _number("score"), _number("by vector"), _number("by words"), _number("distance"),
               _number("similarity")]  # fmt: skip
    rows: list[Row] = []
    for place, (one, hit) in enumerate(found.rows, 1):
        places = (_NONE if leg is None else str(leg) for leg in (one.vector_place, one.text_place))
        rows.append((str(place), f"{one.score:.4f}", *places, *_distance(hit), *_described(hit, column, names)))
    return ListedRows([*columns, *_describing(column)], rows), [hit for _, hit in found.rows]


def hybrid_words(found: HybridFound, column: VectorColumn, provider: str) -> str:
    """One line about a hybrid search: what each leg brought, how long it took, and what served it."""
    both = sum(one.vector_place is not None and one.text_place is not None for one, _ in found.rows)
    text = "" if column.full_text is None else column.full_text.words
    vector = found.by_vector
    return " · ".join([
        f"{len(found.rows)} rows, {both} in both legs",
        f"vector: {len(vector.hits)} in {vector.milliseconds:.1f} ms, {vector.node.words}, {provider}",
        f"words: {found.text_rows} in {found.text_milliseconds:.1f} ms, {found.text_node.words}, {text}",
    ])  # fmt: skip


def _distance(hit: Hit) -> tuple[str, str]:
    known = math.isfinite(hit.distance)
    return (f"{hit.distance:.4f}" if known else _NONE,
            f"{hit.similarity:.4f}" if known and hit.similarity is not None else _NONE)  # fmt: skip


def _describing(column: VectorColumn) -> list[Column]:
    named = [name for name in (column.snippet, column.tenant, *column.labels) if name]
    return [Column(name) for name in (*named, "key")]


def _described(hit: Hit, column: VectorColumn, names: Names) -> tuple[str | None, ...]:
    own = ([hit.snippet] if column.snippet else []) + (
        [names.get(hit.tenant or "", hit.tenant)] if column.tenant else []
    )
    return (*own, *hit.labels, hit.key)


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


def people_rows(people: Sequence[AsOne], k: int) -> ListedRows:
    """One row for each identity: what it gets, what is right, what the filter removed, and the same scanning on."""
    names = (
        "as",
        "sees",
        f"rows of {k}",
        "recall",
        "removed",
        "ms",
        "served by",
        "exact ms",
        "iterative: rows",
        "recall",
    )
    columns = [Column(name) if name in ("as", "served by") else _number(name) for name in names]
    rows: list[Row] = []
    for one in people:
        if one.failure is not None:
            rows.append((one.who, *[_NONE] * 5, f"✗ {one.failure.sentence}", *[_NONE] * 3))
            continue
        rows.append((
            one.who, "?" if one.visible is None else f"{one.visible:,}",
            f"{one.rows}{' ✗' if one.is_short else ''}", share(one.recall),
            _NONE if one.removed is None else f"{one.removed:,}", f"{one.milliseconds:.1f}",
            one.node.short if one.node else _NONE, f"{one.exact_ms:.1f}",
            _NONE if one.cured_rows is None else str(one.cured_rows),
            _NONE if one.cured_rows is None else share(one.cured_recall),
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


def cure_rows(cures: Sequence[Cure], k: int) -> ListedRows:
    """One row a cure; the first is what stands."""
    names = ("cure", f"rows of {k}", "recall", "p50 ms", "measured on", "served by", "note")
    columns = [_number(name) if place in (1, 2, 3) else Column(name) for place, name in enumerate(names)]
    best = best_cure(cures)
    rows: list[Row] = []
    for cure in cures:
        name = f"{'★' if cure is best else ' '} {cure.name}"
        if cure.point is None:
            rows.append((name, _NONE, _NONE, _NONE, cure.where, f"✗ {cure.failure}", _NONE))
            continue
        f = cure.point.figures
        rows.append((
            name, f"{f.rows:.1f}{' ✗' if f.short else ''}", share(f.recall), f"{f.p50_ms:.2f}", cure.where,
            cure.point.node.short, cure.note or _NONE,
        ))  # fmt: skip
    return ListedRows(columns, rows)


def cure_words(cures: Sequence[Cure]) -> str:
    """What the cures say together."""
    if not cures or cures[0].point is None:
        return "Nothing was measured."
    best, now = best_cure(cures), cures[0].point.figures
    stands = f"As it is: {now.rows:.1f} rows, recall {share(now.recall)}, {now.p50_ms:.2f} ms."
    if cures[0].is_full:
        return f"{stands} Nothing is missing for questions like these."
    if best is None or best.point is None:
        return f"✗ {stands} No cure gives all rows."
    found = best.point.figures
    return f"✗ {stands} Best: {best.name}, {found.rows:.1f} rows, recall {share(found.recall)}, {found.p50_ms:.2f} ms."


def finding_rows(findings: Sequence[Finding]) -> ListedRows:
    """The findings, the worst first."""
    marks = {"ERROR": "✗", "WARN": "▲", "INFO": "·", "OK": "✓"}
    rows: list[Row] = [(f"{marks[f.level]} {f.level}", f.object, f.detail, f.fix or _NONE, f.name) for f in findings]
    return ListedRows(["level", "object", "what was found", "fix", "rule"], rows)
