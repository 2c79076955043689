"""What makes a function or a statement that searches vectors slow, or show too much: rules over its text.

They go by the text alone, as a careful reader would, so each finding says what was seen; EXPLAIN has the last word.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.health import Finding, Level

_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_SYMBOL = r"(?:operator\s*\(\s*\S+?\.)?(<=>|<->|<#>|<\+>|<~>|<%>)"
_OPERATOR = re.compile(_SYMBOL)
_ORDER = re.compile(r"order\s+by\s+(.*?)(?=\blimit\b|\boffset\b|\bfetch\b|\)\s*(?:,|select|update)|;|\Z)", re.DOTALL)
_FUNCTIONS = re.compile(r"\b(cosine_distance|l2_distance|l1_distance|inner_product|negative_inner_product)\s*\(")
_WINDOW = re.compile(r"\b(?:row_number|rank|dense_rank)\s*\(\s*\)\s*over\s*\(\s*order\s+by[^)]*" + _SYMBOL, re.DOTALL)
_ONE_MINUS = re.compile(r"\b1\s*-\s*\(?[^,]{0,80}?" + _SYMBOL, re.DOTALL)


@dataclass(frozen=True, slots=True)
class Searching:
    """A function or a statement that searches: its name, its text, and how a function runs."""

    name: str
    text: str
    definer: bool = False
    settings: tuple[str, ...] = ()
    calls: int | None = None

    @property
    def code(self) -> str:
        """The text without its comments, in small letters."""
        return " ".join(_COMMENTS.sub(" ", self.text).lower().split())


Rule = Callable[[Searching, VectorColumn], tuple[str, Level, str] | None]


def lint(searching: Searching, column: VectorColumn) -> list[Finding]:
    """What the rules find in a text that searches this column."""
    found = [rule(searching, column) for rule in _RULES]
    called = "" if searching.calls is None else f" ({searching.calls:,} calls)"
    return [Finding(f[0], f[1], searching.name + called, f[2]) for f in found if f is not None]


def searches(text: str, column: VectorColumn) -> bool:
    """Whether a text seems to search this column."""
    code = text.lower()
    asks = _OPERATOR.search(code) or _FUNCTIONS.search(code)
    return bool(asks) and column.table.lower() in code and column.name.lower() in code


def _no_limit(searching: Searching, column: VectorColumn) -> tuple[str, Level, str] | None:
    code = searching.code
    if "order by" in code and not re.search(r"\blimit\b|\bfetch\s+(?:first|next)\b", code):
        return "search_without_limit", "WARN", "orders by distance without a LIMIT: no vector index serves that"
    return None


def _reversed(searching: Searching, column: VectorColumn) -> tuple[str, Level, str] | None:
    for order in _ORDER.findall(searching.code):
        if _ONE_MINUS.search(order):
            return (
                "order_by_similarity",
                "WARN",
                "orders by 1 - distance; only the bare distance, upwards, is indexed",
            )
        if _OPERATOR.search(order) and re.search(r"\bdesc\b", order):
            return "order_descending", "WARN", "orders by distance downwards, which no vector index serves"
    if re.search(r"order\s+by\s+(?:\w+\.)?similarity\s+desc", searching.code) and _ONE_MINUS.search(searching.code):
        return "order_by_similarity", "WARN", "orders by similarity; only the bare distance, upwards, is indexed"
    return None


def _by_function(searching: Searching, column: VectorColumn) -> tuple[str, Level, str] | None:
    for order in _ORDER.findall(searching.code):
        if found := _FUNCTIONS.search(order):
            return "order_by_function", "WARN", f"orders by {found.group(1)}(): an index serves the operator only"
    return None


def _wrong_operator(searching: Searching, column: VectorColumn) -> tuple[str, Level, str] | None:
    served = {index.metric.operator for index in column.indexes if index.valid and index.metric is not None}
    used = {symbol for order in _ORDER.findall(searching.code) for symbol in _OPERATOR.findall(order)}
    wrong = used - served
    if served and wrong and not used & served:
        words = f"orders by {', '.join(sorted(wrong))}, and the index answers {', '.join(sorted(served))}: a seq scan"
        return "wrong_operator", "WARN", words
    return None


def _window(searching: Searching, column: VectorColumn) -> tuple[str, Level, str] | None:
    code = searching.code
    found = _WINDOW.search(code)
    if not found:
        return None
    after = code[found.end() : found.end() + 400]
    if not re.search(r"\border\s+by\b[^)]*" + _SYMBOL + r"[^)]*\blimit\b", after):
        words = "ranks by a window function before the LIMIT: put ORDER BY distance LIMIT n inside, the rank outside"
        return "window_over_distance", "WARN", words
    return None


def _definer(searching: Searching, column: VectorColumn) -> tuple[str, Level, str] | None:
    if not searching.definer or not column.row_security:
        return None
    words = f"runs as its owner (security definer), so the row policies of {column.table} do not hold in it"
    if column.tenant and column.tenant.lower() in searching.code:
        return "search_as_owner", "INFO", f"{words}; it names {column.tenant}"
    return "search_as_owner", "ERROR", f"{words}, and it does not name {column.tenant or 'a tenant'}"


def _few(searching: Searching, column: VectorColumn) -> tuple[str, Level, str] | None:
    index = column.index
    # The limits of a statement that pg_stat_statements tells of are parameters: nobody knows how large.
    if (
        searching.calls is not None
        or index is None
        or index.method != "hnsw"
        or "hnsw.ef_search" in " ".join((*searching.settings, searching.code))
    ):
        return None
    limits = [int(number) for number in re.findall(r"\blimit\s+(\d+)", searching.code)]
    if (limits and max(limits) <= 40) or "iterative_scan" in " ".join(searching.settings):
        return None
    words = "its LIMIT may exceed hnsw.ef_search (40 unless set): the index gives no more rows than that"
    return "limit_over_ef_search", "INFO", words


_RULES: Sequence[Rule] = (_no_limit, _reversed, _by_function, _wrong_operator, _window, _definer, _few)
