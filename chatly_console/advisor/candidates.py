"""Which indexes could help a statement: made from the nodes of its plan that cost much, and from the statistics.

The order of keys follows the rule of B-trees: columns of equality, then those of the sort order, then one range.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chatly_console.advisor.candidate import Candidate, plain_key
from chatly_console.advisor.conditions import Atom, atoms_of, sort_keys
from chatly_console.advisor.special_candidates import special
from chatly_console.advisor.table_info import TableInfo
from chatly_console.core.quote import quote_identifier
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.plan import Node

WORTH = 0.10
"""The part of a plan's time (or cost) from which a node is worth an index."""
SMALLEST_ROWS = 500
SMALLEST_PAGES = 16
"""Below these a table is read whole as quickly."""
MOST_KEYS = 3
MOST_CANDIDATES = 12
PARTIAL_SHARE = 0.20
"""A constant that at most this part of the rows has can be the condition of a partial index."""
MOST_KINDS = 50
"""Of a column with more values than this no single one is worth an index: the next statement asks for another."""
KEPT_SHARE = 0.30
"""A condition that keeps more of the rows than this is no case for an index, unless a LIMIT stops early."""
ENOUGH_ROWS = 50
"""Once the first key leaves so few rows, further ones win nothing."""
MOST_INCLUDED = 3
WIDEST = 64.0
"""Bytes on the average of all that an index holds besides: more makes it as large as the table."""
LARGEST_PART = 0.5
"""Of a row's width: an index that holds more is another copy of the table."""
LEAST_VISIBLE = 0.8
"""Below this part of pages that are known to hold nothing but visible rows the table is visited all the same."""
_WIDE = ("jsonb", "json", "bytea", "vector", "halfvec")
_ABOVE = ("Sort Key", "Group Key", "Filter", "Hash Cond", "Join Filter", "Merge Cond")
_SCANS = ("Seq Scan", "Index Scan", "Bitmap Heap Scan", "Parallel Seq Scan", "Index Only Scan")
_THROUGH = ("Limit", "Gather", "Gather Merge", "Sort", "Incremental Sort", "Subquery Scan", "Result")


def worthwhile(analysis: Analysis) -> list[Node]:
    """The scans with a part of the time (or cost) worth an index, their join and sort included, largest first."""
    found = [node for node in analysis.plan.nodes if node.kind in _SCANS and node.relation and not node.never_executed]
    shares = {node.id: _share(analysis, node) for node in found}
    return sorted((n for n in found if shares[n.id] >= WORTH), key=lambda n: -shares[n.id])


def _share(analysis: Analysis, node: Node) -> float:
    """Its own share of time or cost, whichever is larger, with that of the nodes above it that an index could spare."""
    parts = [node, *node.children]
    for above in node.ancestors():
        if above.kind not in (*_THROUGH, "Nested Loop", "Hash"):
            break
        parts.append(above)
    whole = analysis.costs[0][0] or 1.0
    by_cost = sum(analysis.costs[part.id - 1][1] for part in parts) / whole
    return min(max(sum(map(analysis.share, parts)), by_cost), 1.0)


def candidates_of(analysis: Analysis, tables: Iterable[TableInfo]) -> list[Candidate]:
    """At most a dozen indexes that could help, those for the most costly nodes first, none that is there already."""
    known = {(table.schema, table.name): table for table in tables}
    found: dict[str, Candidate] = {}
    for node in worthwhile(analysis):
        table = known.get((node.text("Schema"), node.relation))
        if table is None or table.rows < SMALLEST_ROWS or table.pages < SMALLEST_PAGES:
            continue
        for candidate in _of_node(node, table):
            if not _is_there(candidate):
                found.setdefault(candidate.sql(), replace(candidate, node=node))
    return list(found.values())[:MOST_CANDIDATES]


def _of_node(node: Node, table: TableInfo) -> Iterator[Candidate]:
    alias = node.text("Alias") or node.relation
    conditions = [node.text(key) for key in ("Filter", "Index Cond", "Recheck Cond")]
    conditions += [child.text("Index Cond") for child in node.children]
    atoms = list(dict.fromkeys(atom for condition in conditions for atom in atoms_of(condition, alias)))
    order, stops = _order(node, alias)
    if not stops and atoms and _kept(node, table) > KEPT_SHARE:
        return
    yield from special(node, atoms, table, alias)
    equal = _by_selectivity([a for a in atoms if a.kind == "equal" and a.is_column], table)
    ranged = [a for a in atoms if a.kind == "range" and a.is_column]
    plain = _keys(equal, order if stops else (), ranged, table)
    if plain:
        words = _words(equal, order if stops else (), ranged)
        yield from _partial(plain, atoms, table, words)
        yield Candidate(table, plain, words)
        yield from _covering(node, plain, table, alias, words)
        if len(plain) > 1:
            yield Candidate(table, plain[:1], f"{words}, by the first alone")
    joined = _join_keys(node, alias)
    if joined:
        yield Candidate(table, joined, "the join looks its rows up by this")


def _kept(node: Node, table: TableInfo) -> float:
    rows = node.rows * (node.loops or 1) if node.rows is not None else node.rows_planned or 0.0
    return rows / table.rows if table.rows else 1.0


def _order(node: Node, alias: str) -> tuple[tuple[str, ...], bool]:
    """The sort keys that an index could give, and whether a LIMIT stops reading early."""
    keys: tuple[str, ...] = ()
    for above in node.ancestors():
        if above.kind not in _THROUGH:
            break
        if above.kind in ("Sort", "Incremental Sort"):
            keys = sort_keys(above.text("Sort Key"), alias)
        if above.kind == "Limit":
            return keys, bool(keys)
    return keys, False


def _keys(equal: list[Atom], order: tuple[str, ...], ranged: list[Atom], table: TableInfo) -> tuple[str, ...]:
    keys: list[str] = []
    left = table.rows
    for atom in equal:
        if left < ENOUGH_ROWS:
            break
        keys.append(atom.expression)
        left /= max(table.column(plain_key(atom.expression)).distinct, 1.0)
    taken = {plain_key(key) for key in keys}
    if order:
        keys += [key for key in order if plain_key(key) not in taken]
    elif left >= ENOUGH_ROWS:
        keys += [atom.expression for atom in ranged[:1] if atom.expression not in taken]
    return tuple(dict.fromkeys(keys))[:MOST_KEYS]


def _by_selectivity(atoms: list[Atom], table: TableInfo) -> list[Atom]:
    return sorted(atoms, key=lambda atom: -table.column(plain_key(atom.expression)).distinct)


def _words(equal: list[Atom], order: tuple[str, ...], ranged: list[Atom]) -> str:
    parts = [f"equal: {', '.join(a.expression for a in equal)}" if equal else "",
             f"sorted by {', '.join(order)}" if order else "",
             f"range: {ranged[0].expression}" if ranged and not order else ""]  # fmt: skip
    return "; ".join(filter(None, parts))


def _partial(keys: tuple[str, ...], atoms: list[Atom], table: TableInfo, words: str) -> Iterator[Candidate]:
    """With a condition that few rows meet, where the statement says it with a literal."""
    for atom in atoms:
        facts = table.column(plain_key(atom.expression))
        where, share = "", 1.0
        if atom.kind == "equal" and atom.constant and 0 < facts.distinct <= MOST_KINDS:
            literal = atom.constant.strip("'").replace("''", "'")
            where, share = f"{atom.expression} = {atom.constant}", facts.common.get(literal, 1.0)
        elif atom.kind == "null":
            where, share = f"{atom.expression} is null", facts.null_share
        elif atom.kind == "flag":
            where = f"not {atom.expression}" if atom.operator else atom.expression
            share = facts.common.get("f" if atom.operator else "t", 1.0)
        if where and 0 < share <= PARTIAL_SHARE:
            rest = tuple(key for key in keys if plain_key(key) != plain_key(atom.expression)) or keys
            yield Candidate(table, rest, f"{words}; only {share:.0%} of the rows meet the condition", where=where)


def _covering(node: Node, keys: tuple[str, ...], table: TableInfo, alias: str, words: str) -> Iterator[Candidate]:
    """With the few columns that are read besides, so that the table is not visited at all."""
    besides = [column for column in _read_columns(node, table, alias) if column not in {plain_key(key) for key in keys}]
    if not besides or len(besides) > MOST_INCLUDED:
        return
    if table.all_visible < LEAST_VISIBLE or any(table.column(name).type in _WIDE for name in besides):
        return
    wide = sum(table.column(name).width for name in besides)
    if wide > WIDEST or wide > LARGEST_PART * sum(column.width for column in table.columns.values()):
        return
    yield Candidate(
        table, keys, f"{words}; holds all that is read", include=tuple(quote_identifier(name) for name in besides)
    )


def _read_columns(node: Node, table: TableInfo, alias: str) -> list[str]:
    """The columns that a scan is read for. One that gives whole rows, because that is quickest, is asked by the node
    above it for less."""
    output = node.text("Output")
    above = node
    while above.parent is not None and len(_mentioned(output, table, alias)) == len(table.columns):
        above = above.parent
        output = ", ".join(above.text(key) for key in ("Output", *_ABOVE))
    own = " ".join(node.text(key) for key in ("Filter", "Index Cond", "Recheck Cond"))
    return _mentioned(f"{output} {own}", table, alias)


def _mentioned(text: str, table: TableInfo, alias: str) -> list[str]:
    prefix = rf'"?{re.escape(alias)}"?\.' if re.search(rf'(?<![\w"]){re.escape(alias)}"?\.', text) else r'(?<![\w".])'
    return [
        name
        for name in table.columns
        if re.search(rf'(?:{prefix}|(?<![\w".])){re.escape(quote_identifier(name))}(?![\w"(])', text)
    ]


def _join_keys(node: Node, alias: str) -> tuple[str, ...]:
    parent = node.parent
    while parent is not None and parent.kind in ("Hash", "Materialize", "Memoize"):
        parent = parent.parent
    if parent is None or parent.kind not in ("Hash Join", "Nested Loop", "Merge Join"):
        return ()
    conditions = " ".join(parent.text(key) for key in ("Hash Cond", "Join Filter", "Merge Cond"))
    found = re.findall(rf'(?<![\w"]){re.escape(alias)}\.("(?:[^"]|"")+"|\w+)', conditions)
    return tuple(dict.fromkeys(found))[:MOST_KEYS]


def _is_there(candidate: Candidate) -> bool:
    """Whether a valid index begins with the same keys."""
    if candidate.include or candidate.where:
        return False
    keys = tuple(plain_key(key) for key in candidate.keys)
    return any(
        index.is_valid and not index.is_partial and index.method == candidate.method
        and tuple(map(plain_key, index.columns[: len(keys)])) == keys
        for index in candidate.table.indexes
    )  # fmt: skip
