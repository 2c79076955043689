"""Which indexes could help a statement: made from the nodes of its plan that cost much, and from the statistics.

The order of keys follows the rule of B-trees: columns of equality, then those of the sort order, then one range.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from chatly_console.advisor.conditions import Atom, atoms_of, sort_keys
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
KEPT_SHARE = 0.30
"""A condition that keeps more of the rows than this is no case for an index, unless a LIMIT stops early."""
ENOUGH_ROWS = 50
"""Once the first key leaves so few rows, further ones win nothing."""
CORRELATED = 0.9
BRIN_MB = 64.0
_WIDE = {"text", "jsonb", "json", "bytea"}
"""Types whose values would swell an index that holds them besides."""
_SCANS = ("Seq Scan", "Index Scan", "Bitmap Heap Scan", "Parallel Seq Scan", "Index Only Scan")
_THROUGH = ("Limit", "Gather", "Gather Merge", "Sort", "Incremental Sort", "Subquery Scan", "Result")


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What the statistics say of a column; `distinct` counts values, `common` gives the share of each common one."""

    type: str = ""
    distinct: float = 0.0
    null_share: float = 0.0
    correlation: float = 0.0
    common: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """An index that is there."""

    name: str
    method: str
    columns: tuple[str, ...]
    is_partial: bool = False
    is_valid: bool = True


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table that the plan reads."""

    schema: str
    name: str
    rows: float
    pages: float
    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    indexes: tuple[IndexFacts, ...] = ()
    writes: float = 0.0
    """Rows inserted and updated in `hours`, the time that the server's counters cover."""
    hours: float = 0.0

    @property
    def qualified(self) -> str:
        """Its full name, quoted where needed."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"

    @property
    def megabytes(self) -> float:
        """Its size."""
        return self.pages * 8 / 1024


@dataclass(frozen=True, slots=True)
class Candidate:
    """An index to try. `keys` are columns or expressions as SQL; `where` is its condition, empty where it has none."""

    table: TableInfo
    keys: tuple[str, ...]
    why: str
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: str = ""
    opclass: str = ""
    node: Node | None = None

    @property
    def name(self) -> str:
        """A name that says what it is on."""
        words = [re.sub(r"\W+", "_", _plain(key).strip("(")).strip("_") for key in self.keys]
        name = "_".join([self.table.name, *words])[:50].rstrip("_")
        kind = f"{'_part' if self.where else ''}{'_incl' if self.include else ''}"
        return f"{name}{kind}_{'idx' if self.method == 'btree' else self.method}"

    def sql(self, *, concurrently: bool = True) -> str:
        """The statement that makes it."""
        keys = ", ".join(f"{key} {self.opclass}" if self.opclass else key for key in self.keys)
        words = ["create index", "concurrently" if concurrently else "", quote_identifier(self.name), "on"]
        words += [self.table.qualified, "" if self.method == "btree" else f"using {self.method}", f"({keys})"]
        words.append(f"include ({', '.join(self.include)})" if self.include else "")
        words.append(f"where {self.where}" if self.where else "")
        return " ".join(filter(None, words))

    @property
    def undo(self) -> str:
        """The statement that takes it away."""
        return f"drop index concurrently {quote_identifier(self.table.schema)}.{quote_identifier(self.name)}"


def worthwhile(analysis: Analysis) -> list[Node]:
    """The scans with a part of the time (or cost) worth an index, their join and sort included, largest first."""
    found = [node for node in analysis.plan.nodes if node.kind in _SCANS and node.relation and not node.never_executed]
    shares = {node.id: _share(analysis, node) for node in found}
    return sorted((n for n in found if shares[n.id] >= WORTH), key=lambda n: -shares[n.id])


def _share(analysis: Analysis, node: Node) -> float:
    """Its own share, with that of the nodes above it that an index could spare."""
    share = analysis.share(node) + sum(analysis.share(child) for child in node.children)
    for above in node.ancestors():
        if above.kind not in (*_THROUGH, "Nested Loop", "Hash"):
            break
        share += analysis.share(above)
    return min(share, 1.0)


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
    yield from _special(atoms, table)
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
    for atom in ranged:
        facts = table.columns.get(_plain(atom.expression), ColumnFacts())
        if abs(facts.correlation) >= CORRELATED and table.megabytes >= BRIN_MB:
            yield Candidate(table, (atom.expression,), "rows lie on the disk in this order", "brin")


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
        left /= max(table.columns.get(_plain(atom.expression), ColumnFacts()).distinct, 1.0)
    taken = {_plain(key) for key in keys}
    if order:
        keys += [key for key in order if _plain(key) not in taken]
    elif left >= ENOUGH_ROWS:
        keys += [atom.expression for atom in ranged[:1] if atom.expression not in taken]
    return tuple(dict.fromkeys(keys))[:MOST_KEYS]


def _by_selectivity(atoms: list[Atom], table: TableInfo) -> list[Atom]:
    return sorted(atoms, key=lambda atom: -table.columns.get(_plain(atom.expression), ColumnFacts()).distinct)


def _words(equal: list[Atom], order: tuple[str, ...], ranged: list[Atom]) -> str:
    parts = [f"equal: {', '.join(a.expression for a in equal)}" if equal else "",
             f"sorted by {', '.join(order)}" if order else "",
             f"range: {ranged[0].expression}" if ranged and not order else ""]  # fmt: skip
    return "; ".join(filter(None, parts))


def _partial(keys: tuple[str, ...], atoms: list[Atom], table: TableInfo, words: str) -> Iterator[Candidate]:
    """With a condition that few rows meet, where the statement says it with a literal."""
    for atom in atoms:
        facts = table.columns.get(_plain(atom.expression), ColumnFacts())
        where, share = "", 1.0
        if atom.kind == "equal" and atom.constant:
            literal = atom.constant.strip("'").replace("''", "'")
            where, share = f"{atom.expression} = {atom.constant}", facts.common.get(literal, 1.0)
        elif atom.kind == "null":
            where, share = f"{atom.expression} is null", facts.null_share
        elif atom.kind == "flag":
            where = f"not {atom.expression}" if atom.operator else atom.expression
            share = facts.common.get("f" if atom.operator else "t", 1.0)
        if where and 0 < share <= PARTIAL_SHARE:
            rest = tuple(key for key in keys if _plain(key) != _plain(atom.expression)) or keys
            yield Candidate(table, rest, f"{words}; only {share:.0%} of the rows meet the condition", where=where)


def _covering(node: Node, keys: tuple[str, ...], table: TableInfo, alias: str, words: str) -> Iterator[Candidate]:
    """With the few columns that are read besides, so that the table is not visited at all."""
    output = [re.sub(rf'^"?{re.escape(alias)}"?\.', "", part) for part in node.text("Output").split(", ") if part]
    besides = [column for column in output if column not in {_plain(key) for key in keys}]
    if besides and len(besides) <= 3 and all(re.fullmatch(r'"?\w+"?', column) for column in besides):
        if any(
            table.columns.get(_plain(c), ColumnFacts("text")).type in ("text", "jsonb", "json", "bytea")
            for c in besides
        ):
            return
        yield Candidate(table, keys, f"{words}; holds all that is read", include=tuple(besides))


def _special(atoms: list[Atom], table: TableInfo) -> Iterator[Candidate]:
    """Where a B-tree cannot serve: documents, arrays, text search, parts of words."""
    for atom in atoms:
        kind = table.columns.get(_plain(atom.expression), ColumnFacts()).type
        if atom.kind == "gin":
            opclass = "jsonb_path_ops" if kind == "jsonb" and atom.operator == "@>" else ""
            yield Candidate(
                table, (atom.expression,), f"{atom.operator} asks for what is inside", "gin", opclass=opclass
            )
        elif atom.kind == "pattern" and not re.match(r"'[^%_]{2,}%'", atom.value):
            yield Candidate(table, (atom.expression,), "parts of words are looked for", "gin", opclass="gin_trgm_ops")


def _join_keys(node: Node, alias: str) -> tuple[str, ...]:
    parent = node.parent
    while parent is not None and parent.kind in ("Hash", "Materialize", "Memoize"):
        parent = parent.parent
    if parent is None or parent.kind not in ("Hash Join", "Nested Loop", "Merge Join"):
        return ()
    conditions = " ".join(parent.text(key) for key in ("Hash Cond", "Join Filter", "Merge Cond"))
    found = re.findall(rf'(?<![\w"]){re.escape(alias)}\.("(?:[^"]|"")+"|\w+)', conditions)
    return tuple(dict.fromkeys(found))[:MOST_KEYS]


def _plain(key: str) -> str:
    """The name of a key's column, without quotes and order."""
    return key.split(" ")[0].strip('"')


def _is_there(candidate: Candidate) -> bool:
    """Whether a valid index begins with the same keys."""
    if candidate.include or candidate.where:
        return False
    keys = tuple(_plain(key) for key in candidate.keys)
    return any(
        index.is_valid and not index.is_partial and index.method == candidate.method
        and tuple(map(_plain, index.columns[: len(keys)])) == keys
        for index in candidate.table.indexes
    )  # fmt: skip
