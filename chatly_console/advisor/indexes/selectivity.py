"""What part of a table's rows a condition keeps, from the statistics of its column."""

import re
from collections.abc import Iterable
from math import prod

from chatly_console.advisor.indexes.candidate import plain_key
from chatly_console.advisor.indexes.conditions import Atom
from chatly_console.advisor.indexes.table_info import TableInfo

UNKNOWN = 0.005
"""Of an equality on what the statistics do not tell of: what the planner takes, too."""
_BOUND, _BETWEEN = 1 / 3, 0.1


def selectivity(atom: Atom, table: TableInfo) -> float:
    """The part of the rows that meets it, between 0 and 1."""
    facts = table.column(plain_key(atom.expression))
    if atom.kind == "null":
        return facts.null_share
    if atom.kind == "not null":
        return 1 - facts.null_share
    if atom.kind == "flag":
        return facts.common.get("f" if atom.operator else "t", 0.5)
    if atom.kind in ("equal", "differs"):
        literal = literal_of(atom)
        one = facts.common.get(literal) if literal else None
        if one is None:
            one = 1 / facts.distinct if facts.distinct else UNKNOWN
        if atom.kind == "differs":
            return max(1 - one - facts.null_share, 0.0)
        return min(one * _elements(atom), 1.0)
    return _BOUND if atom.kind == "range" else UNKNOWN


def literal_of(atom: Atom) -> str:
    """The text of the constant that it is compared with; empty for anything else."""
    return re.sub(r"^[eE](?=')", "", atom.constant).strip("'").replace("''", "'")


def _elements(atom: Atom) -> int:
    """How many values `= ANY` has."""
    found = re.match(r"ANY \('\{(.*)\}'", atom.value)
    return found[1].count(",") + 1 if found else 1


def looked_up(atoms: Iterable[Atom], keys: Iterable[str], where: str, table: TableInfo) -> float:
    """The rows that an index with these keys and this condition leads to; 0 where it serves all `atoms`."""
    names = {plain_key(key) for key in keys}
    everything = list(atoms)
    served = [a for a in everything if plain_key(a.expression) in names or (where and where_of(a) == where)]
    if len(served) == len(everything):
        return 0.0
    ranged = [plain_key(a.expression) for a in served if a.kind == "range"]
    single = prod(_BETWEEN if ranged.count(name) > 1 else _BOUND for name in set(ranged))
    return table.rows * single * prod(selectivity(a, table) for a in served if a.kind != "range")


def where_of(atom: Atom) -> str:
    """The condition as a partial index would have it; empty where it is none for one."""
    if atom.kind == "null":
        return f"{atom.expression} is null"
    if atom.kind == "flag":
        return f"not {atom.expression}" if atom.operator else atom.expression
    if atom.kind in ("equal", "differs") and atom.constant:
        return f"{atom.expression} {atom.operator} {atom.constant}"
    return ""
