"""The JSON of `chatly-console vectors`: keys that are stable and documented."""

import math

from chatly_console.core.identity import LOGIN, Identity
from chatly_console.vectors.advice import Advice, Trial, migration
from chatly_console.vectors.asking import Asked
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.health import Finding
from chatly_console.vectors.hybrid import HybridFound
from chatly_console.vectors.lab import Conclusion, Curve, Point
from chatly_console.vectors.service import Found, Hit

Document = dict[str, object]


def search_document(found: Found, asked: Asked, column: VectorColumn) -> Document:
    """The keys of `vectors search --json`."""
    return {
        "rows": [_row(hit, column) for hit in found.hits],
        "k": found.k, "rows_returned": len(found.hits), "node": found.node.words,
        "approximate": found.node.approximate, "ms": round(found.milliseconds, 3), "provider": asked.provider,
        "doubt": asked.doubt, **_where(column), "identity": _who(found.identity),
    }  # fmt: skip


def hybrid_document(found: HybridFound, asked: Asked, column: VectorColumn) -> Document:
    """The keys of `vectors search --hybrid --json`: those of a search, and the places in both legs."""
    rows = [
        _row(hit, column) | {"score": one.score, "vector_place": one.vector_place, "text_place": one.text_place}
        for one, hit in found.rows
    ]
    document = search_document(found.by_vector, asked, column)
    return document | {
        "rows": rows, "rows_returned": len(rows), "text_node": found.text_node.words,
        "text_rows": found.text_rows, "text_ms": round(found.text_milliseconds, 3),
    }  # fmt: skip


def _row(hit: Hit, column: VectorColumn) -> Document:
    named = [(column.snippet, hit.snippet), (column.tenant, hit.tenant), *zip(column.labels, hit.labels, strict=False)]
    return {
        "key": hit.key,
        "distance": hit.distance if math.isfinite(hit.distance) else None,
        "similarity": hit.similarity if hit.similarity is None or math.isfinite(hit.similarity) else None,
        "columns": {name: value for name, value in named if name is not None},
    }


def curve_document(curve: Curve, column: VectorColumn, identity: Identity) -> Document:
    """The keys of `vectors recall --json`."""
    index = column.index
    return {
        "index": None if index is None else index.name, "index_definition": None if index is None else index.definition,
        **_where(column), "k": curve.k, "queries": curve.wanted, "identity": _who(identity),
        "exact_ms": curve.exact_ms, "points": [point_document(point) for point in curve.points],
    }  # fmt: skip


def conclusion_document(conclusion: Conclusion) -> Document:
    """What `vectors recall --json` adds to the curve."""
    best = None if conclusion.point is None else point_document(conclusion.point)
    return {"advice": conclusion.sentence, "sql": conclusion.sql, "best": best}


def point_document(point: Point) -> Document:
    """One setting of a curve."""
    f = point.figures
    return {
        "settings": dict(point.settings), "recall": f.recall, "recall_min": f.recall_min, "rows": f.rows,
        "rows_min": f.rows_min, "short": f.short, "zeros": f.zeros, "below_half": f.below_half,
        "standard_error": f.standard_error, "queries": f.questions, "p50_ms": round(f.p50_ms, 3),
        "p95_ms": round(f.p95_ms, 3), "node": point.node.words, "approximate": point.node.approximate,
    }  # fmt: skip


def advice_document(advice: Advice, column: VectorColumn, target: float) -> Document:
    """The keys of `vectors advise --json`."""
    winner = advice.winner(target)
    return {
        **_where(column), "k": advice.k, "rows": advice.rows, "whole": advice.whole, "exact_ms": advice.exact_ms,
        "maintenance_work_mem": advice.memory, "target": target, "within_ms": advice.budget(target),
        "trials": [_trial(trial, advice, target) for trial in advice.trials],
        "on_table": [_trial(trial, advice, target) | {"rows": trial.rows} for trial in advice.on_table],
        "best": None if winner is None else winner.candidate.words, "advice": advice.sentence(target),
        "sql": "" if winner is None or winner.candidate.current else migration(advice, winner, column)[1],
    }  # fmt: skip


def _trial(trial: Trial, advice: Advice, target: float) -> Document:
    best, budget = trial.best(advice.k, target), advice.budget(target)
    return {
        "index": trial.candidate.words, "method": trial.candidate.method, "options": dict(trial.candidate.options),
        "form": trial.candidate.form, "current": trial.candidate.current,
        "build_seconds": round(trial.build_seconds, 3), "bytes": trial.size, "remark": trial.remark,
        "recall_within": None if budget is None else trial.recall_within(budget),
        "failure": trial.failure, "best": None if best is None else point_document(best),
        "points": [point_document(point) for point in trial.points],
    }  # fmt: skip


def finding_document(finding: Finding) -> Document:
    """One entry of `vectors health --json`."""
    return {
        "name": finding.name, "level": finding.level, "object": finding.object, "detail": finding.detail,
        "fix": finding.fix,
    }  # fmt: skip


def _where(column: VectorColumn) -> Document:
    return {
        "table": f"{column.schema}.{column.table}", "column": column.name, "metric": column.metric.name,
        "form": column.form, "where": column.filter,
    }  # fmt: skip


def _who(identity: Identity) -> str:
    return "" if identity == LOGIN else identity.describe()
