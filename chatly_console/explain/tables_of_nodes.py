"""The nodes of a plan as rows: one by one, or summed up by type, by table, by index."""

from collections.abc import Callable, Sequence

from chatly_console.core.row_source import ListedRows
from chatly_console.core.values import Column, Row
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.plan import Node
from chatly_console.explain.titles import method_of, target_of

_NUMERIC = 1700
_NOTHING = "·"
GROUPINGS = ("nodes", "types", "tables", "indexes")
"""What the rows are: nodes, or sums over them."""


def node_rows(analysis: Analysis, grouping: str) -> ListedRows:
    """The rows for one of `GROUPINGS`; numbers are plain, so that they sort."""
    if grouping == "nodes":
        return _each(analysis)
    keys: dict[str, Callable[[Node], str]] = {
        "types": lambda node: method_of(node.raw),
        "tables": lambda node: node.relation,
        "indexes": lambda node: node.index,
    }
    return _summed(analysis, grouping.removesuffix("es") if grouping == "indexes" else grouping[:-1], keys[grouping])


def _numbers(*names: str) -> list[Column]:
    return [Column(name, _NUMERIC, "numeric") for name in names]


def _each(analysis: Analysis) -> ListedRows:
    columns = [*_numbers("id"), Column("node"), Column("on"),
               *_numbers("self ms", "share %", "total ms", "loops", "rows est", "rows", "off", "hit", "read", "temp",
                         "I/O ms")]  # fmt: skip
    rows: list[Row] = [_row(analysis, node) for node in analysis.plan.nodes]
    return ListedRows(columns, rows)


def _row(analysis: Analysis, node: Node) -> Row:
    times, estimate, at = analysis.timing.of(node), analysis.estimate(node), node.id - 1
    timed = node.total_ms is not None
    loops = node.loops or 0.0
    hit, read = analysis.exclusive.of("Shared Hit Blocks"), analysis.exclusive.of("Shared Read Blocks")
    temporary = analysis.exclusive.of("Temp Read Blocks", "Temp Written Blocks")
    return (
        str(node.id),
        f"{'  ' * min(node.depth, 20)}{method_of(node.raw)}",
        target_of(node.raw) or _NOTHING,
        f"{times.self_ms:.3f}" if timed else _NOTHING,
        f"{analysis.share(node) * 100:.1f}",
        f"{times.total_ms:.3f}" if timed else _NOTHING,
        _NOTHING if node.loops is None else f"{node.loops:.0f}",
        _NOTHING if node.rows_planned is None else f"{node.rows_planned * (loops or 1):.0f}",
        _NOTHING if node.rows is None else f"{node.rows * loops:.0f}",
        f"{estimate.factor:.1f}" if estimate is not None and estimate.factor > 1.5 else _NOTHING,
        _blocks(hit[at]), _blocks(read[at]), _blocks(temporary[at]),
        f"{analysis.io_ms(node):.3f}" if analysis.io_ms(node) else _NOTHING,
    )  # fmt: skip


def _blocks(value: float) -> str:
    return f"{value:.0f}" if value else _NOTHING


def _summed(analysis: Analysis, name: str, key: Callable[[Node], str]) -> ListedRows:
    groups: dict[str, list[Node]] = {}
    for node in analysis.plan.nodes:
        if key(node):
            groups.setdefault(key(node), []).append(node)
    rows = sorted(
        (_sum(analysis, words, nodes) for words, nodes in groups.items()), key=lambda row: -float(row[2] or 0)
    )
    columns = [Column(name), *_numbers("nodes", "share %", "self ms", "rows", "hit", "read")]
    return ListedRows(columns, rows)


def _sum(analysis: Analysis, words: str, nodes: Sequence[Node]) -> Row:
    hit, read = analysis.exclusive.of("Shared Hit Blocks"), analysis.exclusive.of("Shared Read Blocks")
    return (
        words,
        str(len(nodes)),
        f"{sum(analysis.share(node) for node in nodes) * 100:.1f}",
        f"{sum(analysis.timing.of(node).self_ms for node in nodes):.3f}" if analysis.plan.timed else _NOTHING,
        f"{sum((node.rows or 0) * (node.loops or 0) for node in nodes):.0f}" if analysis.plan.analyzed else _NOTHING,
        _blocks(sum(hit[node.id - 1] for node in nodes)),
        _blocks(sum(read[node.id - 1] for node in nodes)),
    )
