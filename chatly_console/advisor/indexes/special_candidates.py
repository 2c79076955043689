"""Candidates that are no B-tree on plain columns: for documents, ranges, parts of words, expressions, vectors."""

import re
from collections.abc import Iterator
from math import sqrt

from chatly_console.advisor.indexes.candidate import Candidate, plain_key
from chatly_console.advisor.indexes.conditions import Atom
from chatly_console.advisor.indexes.expressions import may_be_constant
from chatly_console.advisor.indexes.scans import Scan
from chatly_console.advisor.indexes.table_info import TableInfo

CORRELATED = 0.9
BRIN_MB = 32.0
"""From this size on an index of a few kilobytes is worth more than one that is a little quicker."""
WIDE_KEY = 100.0
HUGE_MB = 1024.0
"""From these bytes of a key on, in a table of this size, a hash is worth more than the order of a B-tree."""
_MOST_DIMENSIONS = 2000
_DISTANCE = {"<=>": "cosine", "<->": "l2", "<#>": "ip", "<+>": "l1"}
_OPERATOR = r"(?:OPERATOR\((?:\w+|\"[^\"]+\")\.(?P<qualified><=>|<->|<#>|<\+>)\)|(?P<bare><=>|<->|<#>|<\+>))"


def special(scan: Scan) -> Iterator[Candidate]:
    """What helps a scan besides B-trees on its columns."""
    for atom in scan.atoms:
        yield from inside(atom, scan.table)
        yield from _patterns(atom, scan.table)
        yield from _expressions(atom, scan.table)
        yield from _hashed(atom, scan.table)
        yield from _in_order_on_disk(atom, scan.table)
    yield from _nearest(scan)


def inside(atom: Atom, table: TableInfo) -> Iterator[Candidate]:
    """A document, an array, a text or a range that is asked for what is in it."""
    if atom.kind != "gin":
        return
    facts = table.column(plain_key(atom.expression))
    keys = (atom.expression,)
    if facts.category in ("R", "G") or facts.type in ("int4multirange", "inet", "cidr"):
        opclass = "inet_ops" if facts.type in ("inet", "cidr") else ""
        yield Candidate(table, keys, f"{atom.operator} asks what overlaps", "gist", opclass=opclass)
        return
    opclass = "jsonb_path_ops" if facts.type == "jsonb" and atom.operator == "@>" else ""
    yield Candidate(table, keys, f"{atom.operator} asks for what is inside", "gin", opclass=opclass)


def _patterns(atom: Atom, table: TableInfo) -> Iterator[Candidate]:
    """LIKE and regular expressions: the beginning of a word by a B-tree, parts of it by its trigrams."""
    if atom.kind != "pattern":
        return
    is_like = atom.operator.startswith("~~")
    begins = re.match(r"'(?:[^%_'\\]){2,}%'" if is_like else r"'\^\w{2,}", atom.value) is not None
    if begins and not atom.operator.endswith("*"):
        yield Candidate(table, (atom.expression,), "the beginning of a word is looked for", opclass="text_pattern_ops")
    elif not begins and "pg_trgm" in table.extensions:
        schema = table.extensions["pg_trgm"]
        yield Candidate(
            table, (atom.expression,), "parts of words are looked for", "gin", opclass=f"{schema}.gin_trgm_ops"
        )


def _expressions(atom: Atom, table: TableInfo) -> Iterator[Candidate]:
    """What a function makes of a column, as far as it always makes the same of it; the server has the last word."""
    if atom.kind in ("equal", "range") and not atom.is_column and may_be_constant(atom.expression, table):
        yield Candidate(table, (atom.expression,), f"{atom.kind}: {atom.expression[1:-1]}, which no column holds")


def _hashed(atom: Atom, table: TableInfo) -> Iterator[Candidate]:
    """A wide value of a huge table that is only ever looked up whole: its hash is a fraction of it."""
    wide = table.column(plain_key(atom.expression)).width >= WIDE_KEY
    if atom.kind == "equal" and atom.is_column and wide and table.megabytes >= HUGE_MB:
        yield Candidate(table, (atom.expression,), f"looked up whole, and wide: {atom.expression}", "hash")


def _in_order_on_disk(atom: Atom, table: TableInfo) -> Iterator[Candidate]:
    facts = table.column(plain_key(atom.expression))
    if atom.kind == "range" and abs(facts.correlation) >= CORRELATED and table.megabytes >= BRIN_MB:
        yield Candidate(table, (atom.expression,), "rows lie on the disk in this order", "brin")


def _nearest(scan: Scan) -> Iterator[Candidate]:
    """The nearest by a distance, where a LIMIT ends the search."""
    table = scan.table
    sort = next((above for above in scan.nodes[0].ancestors() if above.kind == "Sort"), None)
    if sort is None or not any(above.kind == "Limit" for above in sort.ancestors()):
        return
    found = re.match(
        rf'\(?\(?"?{re.escape(scan.outer)}"?\.(?P<column>"(?:[^"]|"")+"|\w+) {_OPERATOR} ', sort.text("Sort Key")
    )
    if not found or sort.text("Sort Key").endswith(" DESC"):
        return
    column, operator = found["column"], found["qualified"] or found["bare"]
    facts = table.column(plain_key(column))
    if facts.type in ("point", "box", "polygon", "circle", "inet") and operator == "<->":
        yield Candidate(table, (column,), "the nearest are looked for", "gist")
    elif facts.type in ("vector", "halfvec") and facts.dimensions and facts.dimensions <= _MOST_DIMENSIONS:
        opclass = f"{facts.type_schema}.{facts.type}_{_DISTANCE[operator]}_ops"
        why = "the nearest vectors; an answer may miss some, the Vectors pane measures how many"
        yield Candidate(table, (column,), why, "hnsw", opclass=opclass)
        if operator != "<+>":
            lists = max(1, round(table.rows / 1000 if table.rows <= 1_000_000 else sqrt(table.rows)))
            yield Candidate(table, (column,), why, "ivfflat", opclass=opclass, options=f"lists = {lists}")
