"""The scans of a plan that are worth an index: their cost with the sorts and joins that hang on them, and their order.

The partitions that one Append reads are one scan of the whole table: an index belongs on all of them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from chatly_console.advisor.indexes.conditions import Atom, alternatives_of, atoms_of, sort_keys
from chatly_console.advisor.indexes.deparsed import parted, references
from chatly_console.advisor.indexes.expressions import may_be_sorted
from chatly_console.advisor.indexes.table_info import TableInfo
from chatly_console.core.quote import quote_identifier
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.plan import Node

WORTH = 0.10
"""The part of a plan's time (or cost) from which a node is worth an index."""
SMALLEST_ROWS = 500
SMALLEST_PAGES = 128
"""Below these a table is read whole as quickly."""
_SCANS = ("Seq Scan", "Index Scan", "Bitmap Heap Scan", "Parallel Seq Scan", "Index Only Scan")
_APPENDS = ("Append", "Merge Append")
_THROUGH = ("Limit", "Gather", "Gather Merge", "Sort", "Incremental Sort", "Subquery Scan", "Result", *_APPENDS)
_AGGREGATES = ("Aggregate", "Unique")
_EXTREME = r"\(?(?:min|max)\((?P<what>.+)\)\)?"


@dataclass(frozen=True, slots=True)
class Order:
    """The order in which rows are wanted, as index keys, and whether reading stops early in it."""

    keys: tuple[str, ...] = ()
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """One reading of a table; of a partitioned one, the readings of its partitions together."""

    nodes: tuple[Node, ...]
    table: TableInfo
    """The whole one, where partitions are read."""
    alias: str
    """What the conditions of its nodes call it."""
    outer: str
    """What the nodes above call it."""
    share: float
    """Its part of the time or the cost of the statement, whichever is larger."""
    atoms: tuple[Atom, ...] = field(default=(), repr=False)
    alternatives: tuple[list[list[Atom]], ...] = field(default=(), repr=False)
    """The parts with OR."""

    @property
    def kept(self) -> float:
        """The part of the table's rows that meet its conditions."""
        return self.rows / self.table.rows if self.table.rows else 1.0

    @property
    def words(self) -> str:
        """What it does, with its numbers: `Seq Scan on orders: 12 of 60,000 rows kept, 97% of the time`."""
        first = self.nodes[0]
        parts = f" in {len(self.nodes)} partitions" if len(self.nodes) > 1 else ""
        counted = "" if first.rows is not None else "about "
        of_what = "time" if first.rows is not None else "cost"
        return (
            f"{first.kind} on {self.table.name}{parts}: {counted}{self.rows:,.0f} of {self.table.rows:,.0f} rows kept,"
            f" {self.share:.0%} of the {of_what}"
        )

    @property
    def rows(self) -> float:
        """The rows that it gives, as they were counted, else as they were estimated."""
        return sum(n.rows * (n.loops or 1) if n.rows is not None else n.rows_planned or 0.0 for n in self.nodes)


def worthwhile(analysis: Analysis, tables: Iterable[TableInfo]) -> list[Scan]:
    """The scans with a part of the time (or cost) worth an index, their join and sort included, largest first."""
    known = {(table.schema, table.name): table for table in tables}
    groups: dict[tuple[str, int], list[Node]] = {}
    for node in analysis.plan.nodes:
        table = known.get((node.text("Schema"), node.relation))
        if node.kind in _SCANS and table is not None and not node.never_executed:
            whole = table.root or table
            append = next((above for above in node.ancestors() if above.kind in _APPENDS), None) if table.root else None
            groups.setdefault((whole.qualified, append.id if append else node.id), []).append(node)
    found = [_scan(analysis, nodes, known) for nodes in groups.values()]
    large = [s for s in found if s.table.rows >= SMALLEST_ROWS and s.table.pages >= SMALLEST_PAGES]
    return sorted((scan for scan in large if scan.share >= WORTH), key=lambda scan: -scan.share)


def _scan(analysis: Analysis, nodes: list[Node], known: dict[tuple[str, str], TableInfo]) -> Scan:
    largest = max(nodes, key=lambda node: analysis.costs[node.id - 1][1])
    table = known[largest.text("Schema"), largest.relation]
    alias = largest.text("Alias") or largest.relation
    is_member = any(above.kind in _APPENDS for above in largest.ancestors()) and table.root is not None
    below = [n for n in largest.subtree() if n.kind in ("Bitmap Index Scan", largest.kind)]
    conditions = [largest.text(key) for key in ("Filter", "Index Cond", "Recheck Cond")]
    conditions += [node.text("Index Cond") for node in below if node is not largest]
    atoms = dict.fromkeys(atom for condition in conditions for atom in atoms_of(condition, alias))
    return Scan(
        (largest, *(node for node in nodes if node is not largest)), table.root or table, alias,
        re.sub(r"_\d+$", "", alias) if is_member else alias, _share(analysis, nodes), tuple(atoms),
        tuple(alternatives_of(largest.text("Filter"), alias)),
    )  # fmt: skip


def _share(analysis: Analysis, nodes: list[Node]) -> float:
    """Their own share of time or cost, whichever is larger, with that of the nodes above that an index could spare."""
    parts = {part.id: part for node in nodes for part in (node, *node.children)}
    for above in nodes[0].ancestors():
        if above.kind not in (*_THROUGH, *_AGGREGATES, "Nested Loop", "Hash"):
            break
        parts[above.id] = above
    whole = analysis.costs[0][0] or 1.0
    by_cost = sum(analysis.costs[part.id - 1][1] for part in parts.values()) / whole
    return min(max(sum(map(analysis.share, parts.values())), by_cost), 1.0)


def order_of(scan: Scan) -> Order:
    """The order that an index could give: of a sort, of groups, or of the least and the greatest value."""
    keys: tuple[str, ...] = ()
    for above in scan.nodes[0].ancestors():
        if above.kind not in (*_THROUGH, *_AGGREGATES):
            break
        if above.kind in ("Sort", "Incremental Sort"):
            keys = _of_this(above, "Sort Key", scan) or keys
        elif above.kind == "Aggregate":
            extreme = _extreme(above, scan)
            if extreme:
                return Order(extreme, stops=True)
            keys = keys or _of_this(above, "Group Key", scan)
        elif above.kind == "Limit":
            return Order(keys, bool(keys))
    return Order(keys)


def _of_this(node: Node, key: str, scan: Scan) -> tuple[str, ...]:
    keys = sort_keys(node.text(key), scan.outer) or sort_keys(node.text(key), scan.alias)
    return keys if all(may_be_sorted(one, scan.table) for one in keys) else ()


def _extreme(aggregate: Node, scan: Scan) -> tuple[str, ...]:
    """The column whose least or greatest value alone is asked for."""
    output = aggregate.text("Output").removeprefix("PARTIAL ")
    found = re.fullmatch(_EXTREME, output)
    if not found or aggregate.text("Group Key") or len(parted(output, ",")) > 1:
        return ()
    what = found["what"]
    if not references(what):  # of a statement on one table alone, columns stand without its name
        return (what,) if what in map(quote_identifier, scan.table.columns) else ()
    return sort_keys(what, scan.outer) or sort_keys(what, scan.alias)


def join_keys(scan: Scan) -> tuple[str, ...]:
    """The columns by which a join looks the rows of this table up."""
    parent = scan.nodes[0].parent
    while parent is not None and parent.kind in ("Hash", "Materialize", "Memoize", *_APPENDS):
        parent = parent.parent
    if parent is None or parent.kind not in ("Hash Join", "Nested Loop", "Merge Join"):
        return ()
    conditions = " ".join(parent.text(key) for key in ("Hash Cond", "Join Filter", "Merge Cond"))
    found = re.findall(rf'(?<![\w"]){re.escape(scan.outer)}\.("(?:[^"]|"")+"|\w+)', conditions)
    return tuple(dict.fromkeys(found))
