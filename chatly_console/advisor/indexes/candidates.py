"""Which indexes could help a statement: made from the nodes of its plan that cost much, and from the statistics.

The order of keys follows the rule of B-trees: columns of equality, then those of the sort order, then one range.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest

from chatly_console.advisor.indexes.candidate import Candidate, plain_key
from chatly_console.advisor.indexes.conditions import Atom
from chatly_console.advisor.indexes.scans import Order, Scan, join_keys, order_of, worthwhile
from chatly_console.advisor.indexes.selectivity import looked_up, selectivity, where_of
from chatly_console.advisor.indexes.special_candidates import inside, special
from chatly_console.advisor.indexes.table_info import TableInfo
from chatly_console.advisor.indexes.twins import broken_twin, served_by
from chatly_console.core.quote import quote_identifier
from chatly_console.explain.analysis import Analysis
from chatly_console.explain.plan import Node

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
MOST_INCLUDED = 4
WIDEST = 64.0
"""Bytes on the average of all that an index holds besides: more makes it as large as the table."""
LARGEST_PART = 0.5
"""Of a row's width: an index that holds more is another copy of the table."""
LEAST_VISIBLE = 0.8
"""Below this part of pages that are known to hold nothing but visible rows the table is visited all the same."""
_WIDE = ("jsonb", "json", "bytea", "vector", "halfvec")
_ABOVE = ("Sort Key", "Group Key", "Filter", "Hash Cond", "Join Filter", "Merge Cond")

Uses = Mapping[tuple[str, str], float]
"""How often a table's column (full name of the table, key) is looked up by all statements of interest."""


def candidates_of(analysis: Analysis, tables: Iterable[TableInfo], uses: Uses | None = None) -> list[Candidate]:
    """At most a dozen indexes that could help, the best of each costly scan first, none that is there already."""
    of_scans = [list(_of_scan(scan, uses or {})) for scan in worthwhile(analysis, tables)]
    found: dict[str, Candidate] = {}
    for candidate in (one for rank in zip_longest(*of_scans) for one in rank if one is not None):
        known = found.get(candidate.on)
        nodes = tuple(dict.fromkeys([*(known.nodes if known else ()), *candidate.nodes]))
        found[candidate.on] = replace(known or candidate, nodes=nodes)
    return list(found.values())[:MOST_CANDIDATES]


def _of_scan(scan: Scan, uses: Uses) -> Iterator[Candidate]:
    """Its candidates, without those that are there, ready to be tried."""
    taken = {index.name for index in scan.table.indexes if index.is_valid}
    for candidate in [*_proposed(scan, uses), *_for_alternatives(scan, uses)]:
        if served_by(candidate) is None:
            ready = replace(candidate, nodes=scan.nodes, broken=broken_twin(candidate), evidence=scan.words)
            yield ready if ready.broken else ready.not_called(taken)


def _proposed(scan: Scan, uses: Uses) -> Iterator[Candidate]:
    order = order_of(scan)
    if not order.stops and scan.atoms and scan.kept > KEPT_SHARE:
        return
    yield from special(scan)
    for shape in _shapes(scan, order, uses):
        yield from _of_shape(scan, shape)
    joined = join_keys(scan)[:MOST_KEYS]
    for keys in dict.fromkeys([joined, joined[:1]]):
        if keys:
            yield Candidate(scan.table, keys, "the join looks its rows up by this")


@dataclass(frozen=True, slots=True)
class _Shape:
    """Keys of a B-tree, and what they are."""

    keys: tuple[str, ...]
    words: str
    ordered: int = 0
    stops: bool = False
    is_main: bool = False
    """Whether it is what the rule of B-trees gives; the others are shorter, or leave a part out."""
    is_for_few: bool = False
    """Whether it is worth something only with a condition that few rows meet."""


def _shapes(scan: Scan, order: Order, uses: Uses) -> Iterator[_Shape]:
    equal = equality_keys(scan.atoms, scan.table, uses)
    taken = {plain_key(key) for key in equal}
    sorting = tuple(key for key in order.keys if plain_key(key) not in taken)[: MOST_KEYS - len(equal)]
    few = scan.table.rows * _kept_by(equal, scan) < ENOUGH_ROWS
    ranged = () if few else tuple(key for key in _ranges(scan.atoms) if key not in taken)
    wanted = sorting if order.stops else ()
    last = tuple(key for key in ranged[:1] if key not in {plain_key(one) for one in wanted})
    room = MOST_KEYS - len(equal) - len(wanted)
    main = (*equal, *wanted, *last[:room])
    if main:
        yield _Shape(main, _words(equal, wanted, last[:room]), len(wanted), order.stops and bool(wanted), is_main=True)
    if wanted and last[:room]:
        yield _Shape((*equal, *wanted), _words(equal, wanted, ()), len(wanted), stops=True)
    if wanted and (equal or ranged):
        yield _Shape((*equal, *ranged[:1]), _words(equal, (), ranged[:1]))
    if sorting and not order.stops and (equal or not scan.atoms):
        yield _Shape((*equal, *sorting), _words(equal, sorting, ()), len(sorting), is_main=not scan.atoms)
    for count in range(min(len(main), MOST_KEYS) - 1, 0, -1):
        kept = max(count - len(equal), 0) if wanted else 0
        words = f"{_words(equal, wanted, last[:room])}, by the first {'alone' if count == 1 else 'two alone'}"
        yield _Shape(main[:count], words, kept, order.stops and kept > 0)
    for key in ranged[1:2]:
        yield _Shape((key,), f"range: {key}")
    if not main:
        for atom, _ in _rare(scan):
            keys = sorting or (atom.expression,)
            yield _Shape(keys, where_of(atom), len(sorting), is_main=True, is_for_few=atom.kind == "differs")


def equality_keys(atoms: Iterable[Atom], table: TableInfo, uses: Uses) -> tuple[str, ...]:
    """The columns of equality worth a key: those that other statements look up too first, then by what they leave."""

    def worth(atom: Atom) -> tuple[bool, float, float]:
        part = selectivity(atom, table)
        return part > KEPT_SHARE, -uses.get((table.qualified, plain_key(atom.expression)), 0.0), part

    equal = sorted((a for a in atoms if a.is_column and a.kind in ("equal", "null")), key=worth)
    if any(atom.kind == "equal" for atom in equal):
        equal = [atom for atom in equal if atom.kind == "equal"]
    keys: list[str] = []
    left = table.rows
    for atom in equal:
        part = selectivity(atom, table)
        if len(keys) == MOST_KEYS or (keys and (left < ENOUGH_ROWS or part > KEPT_SHARE)):
            continue
        if atom.expression not in keys:
            keys.append(atom.expression)
            left *= part
    return tuple(keys)


def _kept_by(keys: Iterable[str], scan: Scan) -> float:
    part = 1.0
    for atom in scan.atoms:
        if atom.kind in ("equal", "null") and atom.expression in keys:
            part *= selectivity(atom, scan.table)
    return part


def _ranges(atoms: Iterable[Atom]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(atom.expression for atom in atoms if atom.kind == "range" and atom.is_column))


def _words(equal: tuple[str, ...], order: tuple[str, ...], ranged: tuple[str, ...]) -> str:
    parts = [f"looked up: {', '.join(equal)}" if equal else "", f"sorted by {', '.join(order)}" if order else "",
             f"range: {ranged[0]}" if ranged else ""]  # fmt: skip
    return "; ".join(filter(None, parts))


def _of_shape(scan: Scan, shape: _Shape) -> Iterator[Candidate]:
    """The shape for all rows; the main one also for few rows only, and with all that is read."""

    def made(keys: tuple[str, ...], words: str, *, where: str = "", include: tuple[str, ...] = ()) -> Candidate:
        ordered = sum(key in keys for key in shape.keys[len(shape.keys) - shape.ordered :]) if shape.ordered else 0
        rows = looked_up(scan.atoms, keys, where, scan.table)
        return Candidate(scan.table, keys, words, include=include, where=where, ordered=ordered,
                         stops=shape.stops and ordered > 0, looked_up=rows)  # fmt: skip

    if shape.is_main:
        for atom, share in _rare(scan):
            rest = tuple(key for key in shape.keys if plain_key(key) != plain_key(atom.expression)) or shape.keys
            few = f"{share:.0%}" if share >= 0.005 else "less than 1%"
            yield made(rest, f"{shape.words}; only {few} of the rows meet the condition", where=where_of(atom))
    if shape.is_for_few:
        return
    if scan.atoms or shape.stops:
        yield made(shape.keys, shape.words)
    besides = _besides(scan, shape.keys) if shape.is_main else None
    if besides is not None and (besides or not (scan.atoms or shape.stops)):
        yield made(shape.keys, f"{shape.words}; holds all that is read", include=besides)


def _rare(scan: Scan) -> Iterator[tuple[Atom, float]]:
    """The conditions that few rows meet, where the statement says them with a literal; and how many do."""
    for atom in scan.atoms:
        facts = scan.table.column(plain_key(atom.expression))
        if not atom.is_column or not where_of(atom) or (atom.kind == "equal" and not 0 < facts.distinct <= MOST_KINDS):
            continue
        share = selectivity(atom, scan.table)
        if share <= PARTIAL_SHARE and (facts.distinct or atom.kind == "null"):
            yield atom, share


def _besides(scan: Scan, keys: tuple[str, ...]) -> tuple[str, ...] | None:
    """The few columns that are read besides, perhaps none, where with them the table is not visited; else None."""
    table, taken = scan.table, {plain_key(key) for key in keys}
    besides = [column for column in _read_columns(scan, scan.nodes[0]) if column not in taken]
    if len(besides) > MOST_INCLUDED or table.all_visible < LEAST_VISIBLE:
        return None
    wide = sum(table.column(name).width for name in besides)
    too_wide = wide > WIDEST or wide > LARGEST_PART * sum(column.width for column in table.columns.values())
    if too_wide or any(table.column(name).type in _WIDE for name in besides):
        return None
    return tuple(quote_identifier(name) for name in besides)


def _read_columns(scan: Scan, node: Node) -> list[str]:
    """The columns that a scan is read for. One that gives whole rows, because that is quickest, is asked by the node
    above it for less."""
    output, alias = node.text("Output"), scan.alias
    above = node
    while above.parent is not None and len(_mentioned(output, scan.table, alias)) == len(scan.table.columns):
        above, alias = above.parent, scan.outer
        output = ", ".join(above.text(key) for key in ("Output", *_ABOVE))
    own = " ".join(node.text(key) for key in ("Filter", "Index Cond", "Recheck Cond"))
    read = {*_mentioned(output, scan.table, alias), *_mentioned(own, scan.table, scan.alias)}
    return [name for name in scan.table.columns if name in read]


def _mentioned(text: str, table: TableInfo, alias: str) -> list[str]:
    prefix = rf'"?{re.escape(alias)}"?\.' if re.search(rf'(?<![\w"]){re.escape(alias)}"?\.', text) else r'(?<![\w".])'
    return [
        name
        for name in table.columns
        if re.search(rf'(?:{prefix}|(?<![\w".])){re.escape(quote_identifier(name))}(?![\w"(])', text)
    ]


def _for_alternatives(scan: Scan, uses: Uses) -> Iterator[Candidate]:
    """For a part with OR: an index for each of its arms, which only together spare the scan."""
    if scan.kept > KEPT_SHARE:
        return
    for arms in scan.alternatives:
        wanted = [one for atoms in arms if (one := _for_arm(scan.table, atoms, uses)) is not None]
        distinct = {one.on: one for one in wanted if served_by(one) is None}
        if len(wanted) < len(arms):
            continue
        for number, one in enumerate(distinct.values()):
            arm = (number, len(distinct)) if len(distinct) > 1 else None
            yield replace(one, arm=arm)


def _for_arm(table: TableInfo, atoms: list[Atom], uses: Uses) -> Candidate | None:
    keys = (*equality_keys(atoms, table, uses), *_ranges(atoms)[:1])[:MOST_KEYS]
    if keys:
        return Candidate(table, keys, f"one arm of an OR: {', '.join(keys)}")
    return next((one for atom in atoms for one in inside(atom, table)), None)
