"""Rules on conditions: what keeps an index from being used, and what is computed for every row in vain."""

from __future__ import annotations

import re

from chatly_console.explain.advice.columns import table_of
from chatly_console.explain.advice.finding import Finding, NodeRule, PlanRule, at_node, called, count
from chatly_console.explain.advice.scans import removed
from chatly_console.explain.figures import Figures
from chatly_console.explain.plan import Node

SEEN_ROWS = 10_000
VECTOR_ROWS = 10_000
_COLUMN = r"\(?(?:\w+\.)?(?P<column>\"?[a-z_]\w*\"?)\)?(?:::[\w ]+?)?"
"""A plain column, as conditions print it: with its alias, in brackets, and cast without a loss."""
_CONTAINS = re.compile(rf"(?:(?P<function>lower|upper)\()?{_COLUMN}\)* ~~\*? '(?P<pattern>%(?:[^']|'')*)'")
TRIGRAM = 3
"""Letters in a row that a pattern must have for an index of pg_trgm to serve it."""
_WRAPPED = re.compile(
    rf"(?<![\w.])(?P<function>(?!any|all|row|not|and|or)[a-z_][\w.]*)\({_COLUMN}\)"
    r"(?:::[\w ]+)? (?:=|<|>|<=|>=|~~(?! '%)) "
)
_CAST = re.compile(r"\((?:\w+\.)?(?P<column>\"?[a-z_]\w*\"?)\)::(?P<type>[a-z ]+?)(?:\)|\s)+(?:=|<|>|<=|>=) ")
_HARMLESS_CASTS = {"text", "character varying", "bpchar"}
_PER_ROW = re.compile(r"(?<!SELECT )\b(auth\.\w+\(\)|current_setting\('[^']*'[^)]*\))")
_DISTANCE = re.compile(r"<->|<=>|<#>|<\+>")


def _seen(node: Node) -> float:
    return (node.rows or 0) * (node.loops or 0) + removed(node)[0]


def contains_pattern(figures: Figures, node: Node) -> Finding | None:
    """LIKE '%x%', which a B-tree cannot serve."""
    found = _CONTAINS.search(node.text("Filter")) if _seen(node) >= SEEN_ROWS else None
    if found is None:
        return None
    column, function, pattern = found["column"], found["function"], found["pattern"]
    evidence = f"The pattern on {column} begins with %, so {count(_seen(node))} rows were searched"
    if max(map(len, re.split("[%_]", pattern))) < TRIGRAM:
        return at_node(
            figures, node, "contains-pattern", "warn",
            f"{evidence}; it has fewer than three letters in a row, so no index of pg_trgm serves it either.",
            "Ask for longer patterns, which such an index serves, or search for words (full text search).",
            "Where such short patterns are rare, longer ones are still worth the index.",
        )  # fmt: skip
    key = f"{function}({column})" if function else column
    sql = f"create index concurrently on {table_of(node)} using gin ({key} gin_trgm_ops);"
    return at_node(
        figures, node, "contains-pattern", "warn", f"{evidence}.", sql,
        "It needs the extension pg_trgm, and three letters in a row in the pattern; for words, use full text search.",
        sql=sql,
    )  # fmt: skip


def wrapped_column(figures: Figures, node: Node) -> Finding | None:
    """A function around a column, or a cast of it, that a plain index cannot serve."""
    if _seen(node) < SEEN_ROWS:
        return None
    text = node.text("Filter")
    cast, expression = _CAST.search(text), wrapped_expression(text)
    if cast is not None and cast["type"].strip() not in _HARMLESS_CASTS:
        column = cast["column"]
        return at_node(
            figures, node, "cast-column", "warn",
            f"{column} is cast to {cast['type'].strip()} for every row, so an index on {column} cannot be used.",
            f"Give the other side the type of {column}.",
            "Without an index on the column nothing is lost but the cast.",
        )  # fmt: skip
    if not expression:
        return None
    sql = f"create index concurrently on {table_of(node)} ({expression});\nanalyze {table_of(node)};"
    return at_node(
        figures, node, "function-on-column", "warn",
        f"{expression} is computed for {count(_seen(node))} rows; a plain index cannot serve it.", sql,
        "The function must be immutable to be indexed; a range on the bare column may say the same.", sql=sql,
    )  # fmt: skip


def wrapped_expression(condition: str) -> str:
    """The call that is compared in a condition, `lower(name)`; empty where there is no plain one."""
    found = _WRAPPED.search(condition)
    return f"{found['function']}({found['column']})" if found else ""


def per_row_identity(figures: Figures, node: Node) -> Finding | None:
    """auth.uid() and its like, called for every row by a row level security policy."""
    found = _PER_ROW.search(node.text("Filter")) if _seen(node) >= SEEN_ROWS else None
    if found is None:
        return None
    return at_node(
        figures, node, "rls-per-row", "warn",
        f"{found[1]} is called for each of {count(_seen(node))} rows of {called(node)}.",
        f"Write it in the policy as (select {found[1]}): then it is called once.",
        "It only holds where the value is the same for all rows, which for these functions it is.",
    )  # fmt: skip


def vector_sort(figures: Figures, node: Node) -> Finding | None:
    """Nearest neighbours found by sorting all rows."""
    below = node.inputs[0] if node.inputs else None
    if below is None or not _DISTANCE.search(node.text("Sort Key")):
        return None
    rows = (below.rows or 0) * (below.loops or 0)
    if rows < VECTOR_ROWS:
        return None
    return at_node(
        figures, node, "vector-sort", "warn",
        f"The nearest were found by computing the distance to {count(rows)} rows and sorting them.",
        "An HNSW index on the column with the operator class of this distance; measure its recall in the Vectors pane.",
        "Exact search is right where a filter leaves few rows, and it is the only one with a recall of 1.",
        with_all_below=True,
    )  # fmt: skip


def vector_filter(figures: Figures, node: Node) -> Finding | None:
    """A vector index whose neighbours are filtered afterwards, so that fewer remain than were asked for."""
    if not _DISTANCE.search(node.text("Order By")) or not removed(node)[0]:
        return None
    return at_node(
        figures, node, "vector-filter", "warn",
        f"{node.index}: of the nearest rows {count(removed(node)[0])} were filtered away afterwards.",
        "set local hnsw.iterative_scan = 'relaxed_order'; or a partial index for the filter.",
        "If enough rows remained, the answer is complete.",
    )  # fmt: skip


_SCANS: tuple[NodeRule, ...] = (contains_pattern, wrapped_column, per_row_identity)
NODE_RULES: dict[str, tuple[NodeRule, ...]] = {
    **dict.fromkeys(("Seq Scan", "Bitmap Heap Scan", "Index Only Scan"), _SCANS),
    "Index Scan": (*_SCANS, vector_filter),
    "Sort": (vector_sort,),
    "Incremental Sort": (vector_sort,),
}
PLAN_RULES: tuple[PlanRule, ...] = ()
